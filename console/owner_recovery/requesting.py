"""What operators do about an owner who is shut out; each step an event, then carried to the tenant."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from accounts.models import User
from audit.recording import record
from console.exceptions import RecoveryRefused
from console.models import OwnerRecovery
from tenants.celery import BROKER_AWAY
from tenants.models import Tenant

TABLE = OwnerRecovery._meta.db_table
State = OwnerRecovery.State


@transaction.atomic
def ask(tenant: Tenant, operator: User, email: str, proof: str) -> OwnerRecovery:
    """Raises RecoveryRefused where the site is shut, or one is under way."""
    if not tenant.is_served:
        raise RecoveryRefused(gettext("The site of this customer is shut: resume it first."))
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if OwnerRecovery.objects.filter(
        tenant=tenant, state__in=(State.ASKED, State.APPROVED, State.WAITING)
    ).exists():
        raise RecoveryRefused(gettext("A recovery is under way there already."))
    recovery = OwnerRecovery.objects.create(
        tenant=tenant, email=email.lower(), proof=proof, requested_by=operator
    )
    record("console.recovery_asked", subject=TABLE, object_id=recovery.pk, tenant=tenant.slug)
    _carry(recovery)
    return recovery


@transaction.atomic
def approve(pk: UUID, by: User) -> None:
    recovery = _held(pk)
    recovery.approve(by)
    record("console.recovery_approved", subject=TABLE, object_id=pk, tenant=recovery.tenant.slug)
    _carry(recovery)


@transaction.atomic
def cancel(pk: UUID, by: User) -> None:
    recovery = _held(pk)
    recovery.cancel(by)
    record("console.recovery_cancelled", subject=TABLE, object_id=pk, tenant=recovery.tenant.slug)
    _carry(recovery)


def _held(pk: UUID) -> OwnerRecovery:
    return OwnerRecovery.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=pk)


def _carry(recovery: OwnerRecovery) -> None:
    transaction.on_commit(partial(_send, recovery.pk))


def _send(pk: UUID) -> None:
    """A broker that is away loses nothing: the minute's look carries it."""
    with suppress(*BROKER_AWAY):
        import_string("console.tasks.carry_recovery").delay(str(pk))
