"""Middleware that fails, before and after the view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Next = Callable[[HttpRequest], HttpResponseBase]


def failing_before(get_response: Next) -> Next:
    def middleware(_request: HttpRequest) -> HttpResponseBase:
        raise ZeroDivisionError

    return middleware


def failing_after(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        get_response(request)
        raise ZeroDivisionError

    return middleware


def exiting(get_response: Next) -> Next:
    def middleware(_request: HttpRequest) -> HttpResponseBase:
        raise SystemExit

    return middleware
