"""Refused and failed requests, as security events."""

import sys

from django.http import HttpRequest

from audit.context import is_anyone_acting
from audit.recording import record
from tenants.binding import is_bound
from tenants.exceptions import CrossTenantError


def record_refusal(kind: str, request: HttpRequest) -> None:
    """In the log of who is bound; the public site and unknown hosts have none."""
    if has_log():
        record(kind, "refused", page=page_of(request))


def record_failure(request: HttpRequest) -> None:
    """Called while the exception is being handled: its type is kept, never its words."""
    if not has_log():
        return
    error = sys.exception()
    if isinstance(error, CrossTenantError):
        record("requests.tenant_crossed", "refused", page=page_of(request))
    else:
        record("requests.answered", "failed", page=page_of(request), error=type(error).__name__)


def has_log() -> bool:
    return is_bound() and is_anyone_acting()


def page_of(request: HttpRequest) -> str:
    """The method and the pattern of the address."""
    return f"{request.method} /{request.resolver_match.route if request.resolver_match else '…'}"
