"""What operators do about a visit; each step an event, then carried to the tenant."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from accounts.models import User
from accounts.support.tickets import GOOD_FOR, digest_of, new_ticket
from audit.recording import record
from console.exceptions import BreakGlassRefused
from console.models import BreakGlass
from tenants.celery import BROKER_AWAY
from tenants.models import Tenant

TABLE = BreakGlass._meta.db_table


@transaction.atomic
def ask(tenant: Tenant, operator: User, reason: str, minutes: int) -> BreakGlass:
    """Raises BreakGlassRefused where the tenant's site is shut, or the same operator's question waits there."""
    if not tenant.is_served:
        raise BreakGlassRefused(gettext("The site of this customer is shut: nobody can come in."))
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    open_ones = BreakGlass.objects.filter(tenant=tenant, operator=operator, withdrawn_by=None)
    if any(not (each.is_over or each.has_run_out) for each in open_ones):
        raise BreakGlassRefused(gettext("You have asked already, and it isn't over."))
    visit = BreakGlass.objects.create(tenant=tenant, operator=operator, reason=reason, minutes=minutes)
    record(
        "console.break_glass_asked",
        subject=TABLE,
        object_id=visit.pk,
        tenant=tenant.slug,
        minutes=minutes,
    )
    _carry(visit)
    return visit


def approve(pk: UUID, by: User) -> BreakGlass:
    return _change(pk, "console.break_glass_seconded", lambda visit: visit.approve(by))


def withdraw(pk: UUID, by: User) -> BreakGlass:
    return _change(pk, "console.break_glass_withdrawn", lambda visit: visit.withdraw(by))


def ticket_for(pk: UUID, operator: User) -> str:
    """Shown once, and kept as a hash."""
    with transaction.atomic():
        visit = _held(pk)
        ticket = new_ticket(visit.pk, visit.tenant_id)
        visit.give_out(digest_of(ticket), GOOD_FOR, operator)
        record("console.break_glass_ticket", subject=TABLE, object_id=pk, tenant=visit.tenant.slug)
    return ticket


@transaction.atomic
def _change(pk: UUID, kind: str, change: Callable[[BreakGlass], None]) -> BreakGlass:
    visit = _held(pk)
    change(visit)
    record(kind, subject=TABLE, object_id=pk, tenant=visit.tenant.slug)
    _carry(visit)
    return visit


def _held(pk: UUID) -> BreakGlass:
    return BreakGlass.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=pk)


def _carry(visit: BreakGlass) -> None:
    transaction.on_commit(partial(_send, visit.pk))


def _send(pk: UUID) -> None:
    """A broker that is away loses nothing: the minute's look carries it."""
    with suppress(*BROKER_AWAY):
        import_string("console.tasks.carry_break_glass").delay(str(pk))
