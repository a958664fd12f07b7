"""When a request fails: what is busy or away says so (503), all else is our fault (500)."""

import sys
from collections.abc import Mapping

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.exceptions import ConnectionsBusy

WAIT = 5  # seconds


def server_error(_request: HttpRequest, look: Mapping[str, object] | None = None) -> HttpResponse:
    """The URL confs' handler500, called while the exception is being handled. `look`: what the template may know."""
    if isinstance(sys.exception(), (ConnectionsBusy, OperationalError, InterfaceError)):
        return unavailable(WAIT, look)
    return render(None, "500.html", {**(look or {})}, status=500)


def unavailable(wait: int, look: Mapping[str, object] | None = None) -> HttpResponse:
    """We can't answer now, and can after so many seconds."""
    response = render(None, "503.html", {"wait": wait, **(look or {})}, status=503)
    response["Retry-After"] = str(wait)
    return response
