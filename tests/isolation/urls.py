"""A tenant's site with views that end in every way there is."""

import io
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language

from access.declaring import open_to_strangers
from accounts.models import User
from tenants.binding import bound_alias

LINES = 2000
ended: list[str] = []


@open_to_strangers
def normal(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_names())


@open_to_strangers
def raising(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError(_names())


@open_to_strangers
def missing(_request: HttpRequest) -> HttpResponse:
    raise Http404(_names())


@open_to_strangers
def streaming(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines(), content_type="text/plain")


@open_to_strangers
def streaming_badly(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_broken_lines(), content_type="text/plain")


@open_to_strangers
def languages(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse((get_language() for _ in range(2)), content_type="text/plain")


@open_to_strangers
def file(_request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(_names().encode() * 100_000), filename="names.txt")


def _names() -> str:
    return " ".join(User.objects.order_by("name").values_list("name", flat=True))


def _lines() -> Iterator[str]:
    """Each line asks the database again; what it is bound to at its end is kept."""
    try:
        for _ in range(LINES):
            yield f"{_names()} {'.' * 1000}\n"
    finally:
        ended.append(f"{bound_alias()} {_names()}")


def _broken_lines() -> Iterator[str]:
    yield _names()
    raise ZeroDivisionError


urlpatterns = [
    path("normal/", normal),
    path("raising/", raising),
    path("missing/", missing),
    path("streaming/", streaming),
    path("streaming-badly/", streaming_badly),
    path("languages/", languages),
    path("file/", file),
]
handler404 = "config.views_errors.page_not_found"
handler500 = "tenants.errors.server_error"
