"""One line for each request: what was asked of which page, how it ended, and how long it took."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import cast

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

logger = logging.getLogger(__name__)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class RequestLines:
    """Names the page and never the path: that may hold a token, a name or an address. Static files have no line.

    A streaming response has it when its body has ended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        if request.path_info.startswith(settings.STATIC_URL):
            return response
        say = partial(_say, request, response.status_code, began)
        if isinstance(response, StreamingHttpResponse):
            _watch(response)
            response._resource_closers.append(say)  # type: ignore[attr-defined]
        else:
            say()
        return response


def _watch(response: StreamingHttpResponse) -> None:
    """Where a body breaks off, gunicorn says so when the request is over already. A file's body is the server's."""
    if not isinstance(response, FileResponse):
        response.streaming_content = _pieces(cast("Iterable[bytes]", response.streaming_content))


def _pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except Exception:
        logger.exception("The answer broke off")
        raise


def _say(request: HttpRequest, status: int, began: float) -> None:
    facts = {
        "method": request.method if request.method in METHODS else "another",
        "route": _route(request),
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "site": _site(request),
    }
    logger.info("Answered", extra=facts)


def _route(request: HttpRequest) -> str | None:
    """The page's name in the URL conf, else its pattern; None where no page was found."""
    match = request.resolver_match
    return (match.view_name if match.url_name else match.route) if match else None


def _site(request: HttpRequest) -> str | None:
    """None where the host leads nowhere."""
    if getattr(request, "tenant", None):
        return "tenant"
    sites = {settings.OPERATOR_URLCONF: "operator", settings.PUBLIC_SCHEMA_URLCONF: "public"}
    return sites.get(getattr(request, "urlconf", ""))
