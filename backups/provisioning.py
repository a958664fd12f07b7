"""A tenant's recovery key, made and destroyed: steps of setting it up and of closing it, listed in `config`."""

from django.utils.translation import gettext_noop

from backups.recovery_keys.destroying import destroy_tenant_key
from backups.recovery_keys.making import ensure_recovery_key
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.operations import Operation


@step("Make its recovery key")
def make_recovery_key(operation: Operation) -> None:
    with bound_to(CATALOG):
        ensure_recovery_key(operation.tenant)


@step("Destroy its recovery keys")
def destroy_recovery_keys(operation: Operation) -> None:
    """No copy of it opens any more, wherever it lies; the trail names the day of the last escrow."""
    tenant, by = operation.tenant, operation.requested_by
    with bound_to(CATALOG):
        certificate = destroy_tenant_key(tenant, by, "the tenant was closed")
        if certificate is None:
            return
        told = {"certificate": str(certificate.id), "final_at": certificate.final_at.isoformat()}
        trail = tenant.events.filter(verb="recovery keys destroyed", details__certificate=told["certificate"])
        if not trail.exists():
            tenant.note(gettext_noop("recovery keys destroyed"), by, **told)
