"""What each request of a visit goes through: is it over, is it locked, is it under a key that still fits."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from access.declaring import Door, declared
from accounts.models import User
from accounts.sessions import WHY
from accounts.visits import confirming, locking
from accounts.visits.beginning import arrive, rotate_on_new_rights
from accounts.visits.browsers import give_token
from accounts.visits.session import session_of
from tenants.binding import is_bound

Answer = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., Any]
INSIDE = (Door.PERMISSION, Door.PERSON)
# Said by what a page asks for without its person, each second perhaps: it keeps nobody's session awake.
BY_ITSELF = "Amana-By-Itself"
# Of the pages at the door those that give nothing to whoever finds a locked screen.
BESIDE_THE_LOCK = ("locked", "sign-out", "recovery-codes-saved", "recovery-codes-text")


class Visits:
    """In front of the sign-in: who was signed out by the clock is told why; a browser gets its token."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_bound() and request.user.is_anonymous and session_of(request).ended:
            request.session[WHY] = session_of(request).ended
        response = self.get_response(request)
        give_token(request, response)
        return response


class ScreenLock:
    """Behind the sign-in, and before anything is said of any page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        person = request.user if is_bound() else None
        if not isinstance(person, User):
            return None
        if locking.is_locked(request, person):
            is_behind = _is_behind_the_lock(request, view)
            refused = locking.refuse(request, person) if is_behind else None
            if refused or not is_behind:
                return refused
        elif BY_ITSELF not in request.headers:
            session_of(request).seen()
        rotate_on_new_rights(request, person)
        return None


class StepUp:
    """Behind whatever refuses: whoever may open the page proves, where it asks for that, that it is them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        said, person = declared(view), request.user if is_bound() else None
        if said is None or said.door not in INSIDE or not isinstance(person, User):
            return None
        arrive(request, person)
        if said.confirmed and not confirming.is_confirmed(request):
            return confirming.ask(request, person)
        return None


def _is_behind_the_lock(request: HttpRequest, view: View) -> bool:
    """Nobody sets up a second factor of their own on somebody's locked screen, and unlocks it by that."""
    said, match = declared(view), request.resolver_match
    if said is not None and said.door is Door.THRESHOLD:
        return match is None or match.url_name not in BESIDE_THE_LOCK
    return said is None or said.door in INSIDE
