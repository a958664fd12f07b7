"""Where somebody was going when the door stopped them: carried in the address from page to page."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from interface.returning import safe_address


def destination(request: HttpRequest) -> str:
    """Where the person was going, provided that it is on this site."""
    return safe_address(request.GET.get("next", ""), otherwise=str(settings.LOGIN_REDIRECT_URL))


def page_with_next(page: str, request: HttpRequest) -> str:
    """The address of another page of the door, which knows as well where the person was going."""
    wanted = destination(request)
    return with_next(page, "" if wanted == settings.LOGIN_REDIRECT_URL else wanted)


def with_next(page: str, wanted: str) -> str:
    address = resolve_url(page)
    return f"{address}?{urlencode({'next': wanted}, safe='/')}" if wanted else address
