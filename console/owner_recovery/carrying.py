"""Between the two databases: checked, announced, cancelled or carried out at the tenant, and noted here."""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from accounts import models as at_tenant
from accounts.exceptions import RecoveryRefused
from accounts.support import recovering
from audit.context import acting
from audit.recording import record
from console.models import OwnerRecovery
from tenants.binding import CATALOG, bound_to

State = OwnerRecovery.State
TABLE = OwnerRecovery._meta.db_table


def carry(pk: UUID) -> None:
    """Must be called unbound; as often as wanted. Of a tenant that isn't served everything waits, its delay too."""
    with bound_to(CATALOG):
        recovery = OwnerRecovery.objects.select_related(
            "tenant__server", "requested_by", "approved_by", "cancelled_by"
        ).get(pk=pk)
    if recovery.settled or not recovery.tenant.is_served:
        return
    if recovery.state == State.ASKED:
        _check(recovery)
    elif recovery.state == State.APPROVED:
        _announce(recovery)
    elif recovery.state == State.WAITING:
        _go_on(recovery)
    elif recovery.state == State.CANCELLED:
        _cancel(recovery)


def _check(recovery: OwnerRecovery) -> None:
    """Before a second operator is troubled."""
    with bound_to(recovery.tenant):
        objection = recovering.objection_to(recovery.email)
    if objection:
        _refuse(recovery, objection)


def _announce(recovery: OwnerRecovery) -> None:
    approved = recovery.approved
    if approved is None:
        return
    with bound_to(recovery.tenant):
        announced = recovering.announce(approved)
        objection = "" if announced else recovering.objection_to(recovery.email)
    if announced is None:
        _refuse(recovery, objection)
        return
    with bound_to(CATALOG):
        told = OwnerRecovery.objects.filter(pk=recovery.pk, state=State.APPROVED)
        told.update(state=State.WAITING, due_at=announced.due_at)


def _refuse(recovery: OwnerRecovery, objection: str) -> None:
    with bound_to(CATALOG), transaction.atomic():
        held = OwnerRecovery.objects.select_for_update().get(pk=recovery.pk)
        if held.is_over:
            return
        held.refuse(objection)
        record("console.recovery_refused", subject=TABLE, object_id=held.pk, tenant=recovery.tenant.slug)


def _go_on(recovery: OwnerRecovery) -> None:
    """It is done where it is due, and noted where somebody there said no and couldn't tell."""
    with bound_to(recovery.tenant):
        there = at_tenant.OwnerRecovery.objects.get(pk=recovery.pk)
        if there.is_due:
            with suppress(RecoveryRefused):
                recovering.let_in_again(recovery.pk)
            return
    if there.state == there.State.CANCELLED:
        with bound_to(CATALOG):
            note_cancelled(recovery.pk)


def note_cancelled(pk: UUID) -> None:
    """Bound to the catalog: the tenant's people said no."""
    with transaction.atomic():
        held = OwnerRecovery.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=pk)
        if held.is_over:
            return
        held.heed()
        record("console.recovery_cancelled", subject=TABLE, object_id=pk, tenant=held.tenant.slug)


def _cancel(recovery: OwnerRecovery) -> None:
    """An operator said no: the tenant's row must know it before this is settled."""
    with bound_to(recovery.tenant), acting(f"operator:{recovery.cancelled_by_id}"):
        there = at_tenant.OwnerRecovery.objects.filter(pk=recovery.pk).first()
        if there and there.is_waiting:
            recovering.cancel(recovery.pk)
    with bound_to(CATALOG):
        OwnerRecovery.objects.filter(pk=recovery.pk).update(settled=True)


def unfinished() -> list[UUID]:
    """Bound to the catalog."""
    return [*OwnerRecovery.objects.filter(settled=False).values_list("pk", flat=True)]
