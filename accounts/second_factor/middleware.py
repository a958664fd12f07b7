"""Nobody who owes a second factor gets past the door without it, whatever was signed in before it was owed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from access.declaring import Door, declared
from accounts.models import User
from accounts.returning import with_next
from accounts.second_factor.at_the_door import UNSAVED, has_given_factor
from accounts.second_factor.owing import owes_factor, page_asking

OUTSIDE = (Door.STREET, Door.THRESHOLD)


class SecondFactorGate:
    """Behind the sign-in, before permissions. No query for whoever has given the factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        said = declared(view)
        if said is not None and said.door in OUTSIDE:
            return None
        page = _page_before(request)
        return redirect(with_next(page, _where_to(request))) if page else None


def _page_before(request: HttpRequest) -> str:
    """The name of what stands in the way; empty where nothing does."""
    person = request.user
    if not isinstance(person, User):
        return ""
    if not has_given_factor(request):
        return page_asking(person) if owes_factor(person) else ""
    return "accounts:recovery-codes" if _has_unsaved_codes(request) else ""


def _has_unsaved_codes(request: HttpRequest) -> bool:
    match = request.resolver_match
    return UNSAVED in request.session and not (match and "accounts" in match.app_names)


def _where_to(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""
