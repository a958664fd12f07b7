"""What a request owes to who is signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts.acting import actor_of
from accounts.models import User
from audit.context import act_as
from tenants.binding import is_bound
from tenants.speaking import asked_for, speak


class ActorMiddleware:
    """From here on it is the person whose session this is that acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        act_as(actor_of(request.user))
        return self.get_response(request)


class PersonsLanguageMiddleware:
    """Whoever is signed in reads their own language, or else their tenant's, whatever the browser asks for.

    Operators have no tenant: without a language of their own they read the browser's. The public site has no people,
    and nothing there may ask a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_bound() and request.user.is_authenticated:
            speak_as(request.user, request)
        return self.get_response(request)


def speak_as(person: User, request: HttpRequest) -> None:
    """From here on in the language of `person`, who is signed in."""
    tenant = request.tenant  # type: ignore[attr-defined]
    speak(person.language, tenant.language if tenant else asked_for(request))
