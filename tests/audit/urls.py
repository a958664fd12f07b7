"""A tenant's site with pages that record an event and then end in some way."""

from collections.abc import Callable
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from access.declaring import open_to_strangers, signed_in
from accounts.models import User
from audit.events import Outcome, kind_of
from audit.recording import record
from tenants.exceptions import CrossTenantError


def _record(request: HttpRequest) -> None:
    kind, outcome = request.GET["kind"], request.GET["outcome"]
    said = cast(Outcome, outcome)
    record(kind, said, **dict.fromkeys(kind_of(kind).details(said), "x"))


def outside(request: HttpRequest) -> HttpResponse:
    _record(request)
    raise ZeroDivisionError


def inside(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), transaction.atomic():
        _record(request)
        raise ZeroDivisionError


def in_a_savepoint(request: HttpRequest) -> HttpResponse:
    """Rolled back, and the block around it isn't."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                _record(request)
                raise ZeroDivisionError
        except ZeroDivisionError:
            User.objects.filter(name="Bob").update(name="Bobby")
    raise ZeroDivisionError


def losing_the_connection(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        _record(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


def committing(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        _record(request)
    return HttpResponse()


def forbidden(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def crossing(_request: HttpRequest) -> HttpResponse:
    raise CrossTenantError


def raising(_request: HttpRequest, secret: str) -> HttpResponse:
    raise ZeroDivisionError(secret)


PAGES: list[Callable[[HttpRequest], HttpResponse]] = [
    outside,
    inside,
    in_a_savepoint,
    losing_the_connection,
    committing,
    forbidden,
    crossing,
]
urlpatterns = [
    *(path(f"{page.__name__}/", signed_in(page)) for page in PAGES),
    path("open/", open_to_strangers(committing)),
    path("raising/<str:secret>/", signed_in(raising)),
    path("", include("config.urls_tenant")),
]
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "config.views_errors.server_error"
