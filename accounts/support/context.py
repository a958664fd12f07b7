"""What every page of a tenant says of guests and of an owner's recovery: to those who may look after that."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.models import SupportGrant
from accounts.support.guest import Guest


def visits(request: HttpRequest) -> dict[str, Callable[[], list[SupportGrant]]]:
    """Context processor: who is here as a guest now, asked for where a template names it."""
    return {"visits": lambda: _visits(request)}


def _visits(request: HttpRequest) -> list[SupportGrant]:
    if getattr(request, "tenant", None) is None:
        return []
    user = getattr(request, "user", None)
    if isinstance(user, Guest):
        return [*SupportGrant.objects.filter(pk=user.grant_id)]
    if user is None or not user.is_authenticated or not user.has_perm("accounts.support_grant:view"):
        return []
    return [grant for grant in SupportGrant.objects.filter(state=SupportGrant.State.OPEN) if grant.is_open]
