"""Error pages from templates that need nothing; Django's own views ask for the session, which may be what failed."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(400)


def permission_denied(_request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(403)


def page_not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(404)


def _page(status: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"{status}.html"), status=status)
