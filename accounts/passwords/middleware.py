"""Whoever owes a new password goes nowhere else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from access.declaring import Door, declared
from accounts.models import User
from accounts.passwords.expiring import TOLD, owes_a_password
from audit.recording import record

CHANGE = "accounts:change-password"
OPEN_DOORS = (Door.STREET, Door.THRESHOLD)


class OwedPassword:
    """Behind the sign-in: to the page where it is set, whatever was asked for. Part of a page is told that instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponseBase | None:
        said = declared(view)
        if said is None or said.door in OPEN_DOORS or _is_the_way_out(request):
            return None
        person = request.user
        if not isinstance(person, User) or not owes_a_password(person):
            return None
        _record_once(request, person)
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        return redirect(f"{reverse(CHANGE)}?{urlencode({'next': _destination(request)})}")


def _is_the_way_out(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name == CHANGE


def _destination(request: HttpRequest) -> str:
    """Where to go on afterwards; a form isn't sent again by itself."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"


def _record_once(request: HttpRequest, person: User) -> None:
    """In each session."""
    if not request.session.get(TOLD):
        request.session[TOLD] = True
        table = person._meta.db_table
        record("accounts.password_expired", "refused", subject=table, object_id=person.pk, name=person.name)
