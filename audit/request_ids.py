"""A number for each request: in a header of its answer, on an error page, in each line of the log."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

from tenants.identifiers import new_id

HEADER = "X-Request-ID"

_current: ContextVar[HttpRequest | None] = ContextVar("amana_request", default=None)


def current_request() -> HttpRequest | None:
    """The request that this thread of execution answers now."""
    return _current.get()


def request_id() -> str:
    """Its number, a UUIDv7; empty where no request is being answered."""
    return str(getattr(_current.get(), "request_id", ""))


class RequestIds:
    """The outermost middleware. What a client sends under that name is ignored: it could be another's number.

    A streaming response keeps the request until its body is exhausted or closed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = str(new_id())  # type: ignore[attr-defined]
        _current.set(request)
        try:
            response = self.get_response(request)
        except BaseException:
            _end()
            raise
        response[HEADER] = request.request_id  # type: ignore[attr-defined]
        if response.streaming:
            response._resource_closers.append(_end)  # type: ignore[attr-defined]
        else:
            _end()
        return response


def _end() -> None:
    _current.set(None)
