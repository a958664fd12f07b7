"""A page that asks for parts of itself, and whose session has ended meanwhile."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

DOOR = (
    settings.LOGIN_URL,
    "accounts:second-factor",
    "accounts:set-up-second-factor",
    "accounts:recovery-codes",
)
Answer = Callable[[HttpRequest], HttpResponseBase]


class SignedOutInThePage:
    """Where htmx would put the sign-in form into a page, it is told instead, and the page keeps what was typed."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "HX-Request" in request.headers and _leads_to_the_door(response):
            return HttpResponse(status=401)
        return response


def _leads_to_the_door(response: HttpResponseBase) -> bool:
    where = response.headers.get("Location", "").partition("?")[0]
    return bool(where) and where in {resolve_url(page) for page in DOOR}
