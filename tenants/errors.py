"""When a request fails: what is busy or away says so (503), all else is our fault (500)."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.exceptions import ConnectionsBusy


def server_error(request: HttpRequest) -> HttpResponse:
    """The URL confs' handler500, called while the exception is being handled."""
    away = isinstance(sys.exception(), (ConnectionsBusy, OperationalError, InterfaceError))
    status = 503 if away else 500
    response = render(None, f"{status}.html", status=status)
    if away:
        response["Retry-After"] = "5"
    return response
