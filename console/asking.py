"""What operators have asked about a tenant that somebody else decides, as its page shows it to one of them."""

from typing import Any

from accounts.models import User
from console.models import BreakGlass, OwnerRecovery
from tenants.models import Tenant

LAST = 5


def asked_about(tenant: Tenant, operator: User) -> dict[str, Any]:
    """Nothing of what the operator may not see."""
    return {
        "sees_visits": operator.has_perm("platform.break_glass:view"),
        "visits_here": BreakGlass.objects.filter(tenant=tenant).select_related("operator")[:LAST],
        "may_ask_in": tenant.is_served and operator.has_perm("platform.break_glass:request"),
        "sees_recoveries": operator.has_perm("platform.owner_recovery:view"),
        "recoveries_here": OwnerRecovery.objects.filter(tenant=tenant)[:LAST],
        "may_recover": tenant.is_served and operator.has_perm("platform.owner_recovery:request"),
    }
