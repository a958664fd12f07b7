from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts.acting import actor_of
from audit.context import act_as


class ActorMiddleware:
    """From here on it is the person whose session this is that acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        act_as(actor_of(request.user))
        return self.get_response(request)
