"""What tenants' sites tell the operator site (settings.AMANA_SUPPORT_DESK): asked while a tenant is bound."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.exceptions import RecoveryRefused
from accounts.models import OwnerRecovery as RecoveryThere
from accounts.models import SupportGrant
from audit.recording import record
from console import exceptions
from console.break_glass.telling import tell
from console.models import BreakGlass, OwnerRecovery
from console.owner_recovery.carrying import note_cancelled
from tenants.binding import bound_tenant, in_catalog


class Desk:
    """It writes in the catalog beside the binding, which waits. Only rows about the bound tenant are touched."""

    def hear_of(self, grant: SupportGrant) -> None:
        tenant = bound_tenant()
        in_catalog(lambda: _copy(tenant.pk, grant))

    def use_ticket(self, grant_id: UUID, digest: str) -> bool:
        tenant = bound_tenant()
        return in_catalog(lambda: _use(tenant.pk, grant_id, digest))

    def hear_of_recovery(self, recovery: RecoveryThere) -> None:
        tenant = bound_tenant()
        in_catalog(lambda: _heed(tenant.pk, recovery.pk))

    def finish_recovery(self, pk: UUID) -> None:
        tenant = bound_tenant()
        in_catalog(lambda: _finish(tenant.pk, pk))


def _copy(tenant_id: UUID, grant: SupportGrant) -> None:
    visit = BreakGlass.objects.select_related("tenant").filter(pk=grant.pk, tenant_id=tenant_id).first()
    if visit is not None and visit.copy_from(grant):
        tell(visit)


def _use(tenant_id: UUID, grant_id: UUID, digest: str) -> bool:
    """One update: of two who come with the same ticket at once, one comes in."""
    good = BreakGlass.objects.filter(
        pk=grant_id,
        tenant_id=tenant_id,
        ticket_digest=digest,
        ticket_until__gt=timezone.now(),
        withdrawn_by=None,
    )
    return good.update(ticket_digest="") == 1


def _heed(tenant_id: UUID, pk: UUID) -> None:
    if OwnerRecovery.objects.filter(pk=pk, tenant_id=tenant_id).exists():
        note_cancelled(pk)


@transaction.atomic
def _finish(tenant_id: UUID, pk: UUID) -> None:
    recoveries = OwnerRecovery.objects.select_related("tenant").select_for_update(of=("self",))
    recovery = recoveries.get(pk=pk, tenant_id=tenant_id)
    try:
        recovery.finish()
    except exceptions.RecoveryRefused as refusal:
        raise RecoveryRefused(str(refusal)) from refusal
    table = recovery._meta.db_table
    record("console.recovery_done", subject=table, object_id=pk, tenant=recovery.tenant.slug)
