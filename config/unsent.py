"""A form that came after its session had ended: nothing was done with it, and nothing that was typed is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext

from tenants.binding import is_bound

NEVER_SHOWN = ("csrf", "password", "secret", "token", "code")
FOR_MACHINES = ("next", "version")
MOST = 500_000  # characters, of all that is given back


@dataclass(frozen=True)
class Typed:
    name: str
    value: str

    @property
    def label(self) -> str:
        """The field's name as words: in the person's language where a label reads like it."""
        return gettext(self.name.replace("_", " ").capitalize())

    @property
    def has_lines(self) -> bool:
        return "\n" in self.value

    @property
    def is_for_machines(self) -> bool:
        return not self.value or self.name in FOR_MACHINES or _is_id(self.value)


def answer_unsent(request: HttpRequest) -> HttpResponse | None:
    """What was typed, to copy or to send again; None where the form isn't one of ours, or belongs to no session."""
    if not is_bound() or not _came_from_here(request) or not _needs_a_session(request):
        return None
    is_signed_in = request.user.is_authenticated
    if "HX-Request" in request.headers:
        return None if is_signed_in else HttpResponse(status=401)
    typed = [*_typed(request)]
    found = {
        "typed": typed,
        "is_whole": _is_whole(request, typed),
        "address": request.get_full_path(),
        "is_signed_in": is_signed_in,
        "csrf_token": get_token(request) if is_signed_in else "",
    }
    return HttpResponse(render_to_string("unsent.html", found), status=403)


def _came_from_here(request: HttpRequest) -> bool:
    """Another site can't fill in what somebody here then sends as their own."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _needs_a_session(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "login_required", True)


def _is_whole(request: HttpRequest, typed: list[Typed]) -> bool:
    """Sent with a part missing, a form could empty what it says nothing of."""
    sent = sum(len(values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return len(typed) == sent and not request.FILES


def _typed(request: HttpRequest) -> Iterator[Typed]:
    left = MOST
    for name, values in request.POST.lists():
        for value in values:
            left -= len(name) + len(value)
            if left >= 0 and name and not any(word in name.casefold() for word in NEVER_SHOWN):
                yield Typed(name, value)


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
