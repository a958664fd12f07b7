"""Looking at the catalog from outside of a request."""

from typing import Any

from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant


def state_of(tenant: Tenant) -> str:
    with bound_to(CATALOG):
        return str(Tenant.objects.values_list("state", flat=True).get(pk=tenant.pk))


def trail_of(tenant: Tenant) -> list[tuple[str, str, dict[str, Any]]]:
    """Verb, actor and details, newest first."""
    with bound_to(CATALOG):
        return [*tenant.events.values_list("verb", "actor", "details")]


def operations_of(tenant: Tenant) -> list[Operation]:
    with bound_to(CATALOG):
        return [*tenant.operations.all()]
