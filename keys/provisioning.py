"""A tenant's first key, and its last moment: steps of an operation, listed in `config`."""

from django.utils.translation import gettext_noop

from keys.data_keys import ensure_data_key
from keys.shredding import shred_tenant
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.models import Tenant
from tenants.operations import Operation


@step("Make its key")
def make_data_key(operation: Operation) -> None:
    with bound_to(operation.tenant):
        ensure_data_key()


def destroy_keys(tenant: Tenant, by: str) -> None:
    """Every backup of it becomes unreadable; the trail names the day of the last copy. Unbound."""
    with bound_to(tenant):
        certificate = shred_tenant(by, "the tenant was closed")
    if certificate is None:
        return
    told = {"certificate": str(certificate.id), "final_at": certificate.final_at.isoformat()}
    with bound_to(CATALOG):
        trail = tenant.events.filter(verb="keys destroyed", details__certificate=told["certificate"])
        if not trail.exists():
            tenant.note(gettext_noop("keys destroyed"), by, **told)
