"""What tenants' sites tell of visits (settings.AMANA_SUPPORT_DESK): asked while a tenant is bound."""

from uuid import UUID

from django.utils import timezone

from accounts.models import SupportGrant
from console.break_glass.telling import tell
from console.models import BreakGlass
from tenants.binding import bound_tenant, in_catalog


class Desk:
    """It writes in the catalog beside the binding, which waits. Of a tenant nothing but its own visits is touched."""

    def hear_of(self, grant: SupportGrant) -> None:
        tenant = bound_tenant()
        in_catalog(lambda: _copy(tenant.pk, grant))

    def use_ticket(self, grant_id: UUID, digest: str) -> bool:
        tenant = bound_tenant()
        return in_catalog(lambda: _use(tenant.pk, grant_id, digest))


def _copy(tenant_id: UUID, grant: SupportGrant) -> None:
    visit = BreakGlass.objects.select_related("tenant").filter(pk=grant.pk, tenant_id=tenant_id).first()
    if visit is None:
        return
    if visit.copy_from(grant):
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
