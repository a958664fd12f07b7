"""A session that is a guest's: who it is, whether the visit goes on, and what a guest is kept from."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from access.declaring import Door, declared
from accounts.support.guest import guest_at
from accounts.support.visits import KEPT, guest_in
from audit.recording import record
from interface.error_pages import error_page

LEAVE = "support:leave"
# Of the pages for everybody who is signed in, those that are about nobody in particular.
FOR_GUESTS_TOO = ("home", "shell:search", "shell:palette")


class NotForGuests(PermissionDenied):
    """A guest looks: they change nothing, and have nothing of their own here."""


class GuestMiddleware:
    """Behind the session's own person, before whatever asks who acts. Only a tenant has guests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "tenant", None) is None or KEPT not in request.session:
            return self.get_response(request)
        guest = guest_in(request)
        if guest is None:
            request.session.flush()
            request.user = AnonymousUser()
            return error_page(403, "support/over", request=request)
        request.user = request._cached_user = guest  # type: ignore[assignment, attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, named: dict[str, Any]
    ) -> None:
        """Raises NotForGuests. What a guest looks at is recorded before it is shown."""
        guest = guest_at(request)
        if guest is None:
            return
        if not _is_for_guests(request, view):
            raise NotForGuests
        route = request.resolver_match.route if request.resolver_match else ""
        page = f"{request.method} /{route}"
        record("accounts.guest_looked", object_id=named.get("pk"), name=guest.name, page=page)


def _is_for_guests(request: HttpRequest, view: Callable[..., Any]) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name == LEAVE:
        return True
    said = declared(view)
    if request.method not in ("GET", "HEAD", "OPTIONS") or said is None or said.confirmed:
        return False
    return said.door in (Door.PERMISSION, Door.STREET) or name in FOR_GUESTS_TOO
