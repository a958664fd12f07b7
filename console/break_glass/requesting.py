"""What operators do about a visit; each step an event, then carried to the tenant."""

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


@transaction.atomic
def approve(pk: UUID, by: User) -> None:
    """As the second operator."""
    visit = _held(pk)
    visit.approve(by)
    record("console.break_glass_seconded", subject=TABLE, object_id=pk, tenant=visit.tenant.slug)
    _carry(visit)


@transaction.atomic
def withdraw(pk: UUID, by: User) -> None:
    """Before or during it, by whoever asked or by another."""
    visit = _held(pk)
    visit.withdraw(by)
    record("console.break_glass_withdrawn", subject=TABLE, object_id=pk, tenant=visit.tenant.slug)
    _carry(visit)


def ticket_for(pk: UUID, operator: User) -> str:
    """Shown once, and kept as a hash."""
    with transaction.atomic():
        visit = _held(pk)
        ticket = new_ticket(visit.pk, visit.tenant_id)
        visit.give_out(digest_of(ticket), GOOD_FOR, operator)
        record("console.break_glass_ticket", subject=TABLE, object_id=pk, tenant=visit.tenant.slug)
    return ticket


def _held(pk: UUID) -> BreakGlass:
    return BreakGlass.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=pk)


def _carry(visit: BreakGlass) -> None:
    transaction.on_commit(partial(_send, visit.pk))


def _send(pk: UUID) -> None:
    """A broker that is away loses nothing: the minute's look carries it."""
    with suppress(*BROKER_AWAY):
        import_string("console.tasks.carry_break_glass").delay(str(pk))
