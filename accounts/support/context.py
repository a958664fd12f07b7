"""What every page of a tenant says of guests and of an owner's recovery: to those who may look after that."""

from typing import Any

from django.http import HttpRequest

from accounts.models import OwnerRecovery, SupportGrant
from accounts.support.guest import guest_at

VIEW, REVOKE = "accounts.support_grant:view", "accounts.support_grant:revoke"


def looked_after(request: HttpRequest) -> dict[str, Any]:
    """Context processor: who is here as a guest now, and which owner is to be let in again; asked for when named."""
    return {
        "guests_here": lambda: _visits(request),
        "recoveries_waiting": lambda: _recoveries(request),
        "may_stop_recoveries": lambda: _may(request, REVOKE),
    }


def _visits(request: HttpRequest) -> list[SupportGrant]:
    guest = guest_at(request)
    if guest:
        return [*SupportGrant.objects.filter(pk=guest.grant_id)]
    if not _may(request, VIEW):
        return []
    return [grant for grant in SupportGrant.objects.filter(state=SupportGrant.State.OPEN) if grant.is_open]


def _recoveries(request: HttpRequest) -> list[OwnerRecovery]:
    if guest_at(request) or not _may(request, VIEW):
        return []
    return [*OwnerRecovery.objects.select_related("owner").filter(state=OwnerRecovery.State.WAITING)]


def _may(request: HttpRequest, code: str) -> bool:
    """At a tenant's site only: operators have no guests."""
    user: Any = getattr(request, "user", None)
    is_here = getattr(request, "tenant", None) is not None and user is not None and user.is_authenticated
    return is_here and user.has_perm(code)
