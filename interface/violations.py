"""Where browsers say what they refused: open to everybody, so that it takes little, keeps less and answers nothing."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from redis.exceptions import RedisError

from audit.context import acting
from audit.request_ids import request_id
from interface.models import PolicyViolation
from interface.reports import NotAReport, Refused, refusals
from tenants.binding import CATALOG, bound_to
from tenants.hosts import find_tenant
from tenants.middleware import TenantMiddleware

LARGEST = 16 * 1024  # bytes of a body
A_MINUTE = 60  # reports that a site may send within one; what comes beyond is answered and forgotten
FORMS = ("application/csp-report", "application/reports+json")


class PolicyReports:
    """Answers before TenantMiddleware: a report is written into the catalog, and bindings don't nest.

    Which site it is about is said by the host that it was sent to, never by the report. Both forms have a content
    type that no other site can make a browser send here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = _host(request) if request.path_info == settings.AMANA_REPORTS_PATH else ""
        urlconf = _urlconf_at(host) if host else None
        if urlconf is None:
            return self.get_response(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return _receive(request, host, urlconf)


def _host(request: HttpRequest) -> str:
    try:
        return TenantMiddleware.hostname_from_request(request).lower()
    except DisallowedHost:
        return ""


def _urlconf_at(host: str) -> str | None:
    """None where no site is served: TenantMiddleware answers, as for any page there."""
    ours = {
        settings.AMANA_PUBLIC_HOST: settings.PUBLIC_SCHEMA_URLCONF,
        settings.AMANA_OPERATOR_HOST: settings.OPERATOR_URLCONF,
    }
    if host in ours:
        return ours[host]
    tenant = find_tenant(host)
    return settings.ROOT_URLCONF if tenant and tenant.is_served and not tenant.is_too_old else None


def _receive(request: HttpRequest, host: str, urlconf: str) -> HttpResponse:
    if request.content_type not in FORMS:
        return _plain("This is not a report.", 415)
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _plain("This is too much.", 413)
    try:
        found = refusals(request.content_type, body, urlconf)
    except NotAReport as fault:
        return _plain(str(fault), 400)
    if _has_room(host):
        _note(host, found)
    return HttpResponse(status=204)


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _has_room(host: str) -> bool:
    """Not more than so many a minute, each site for itself. Without Valkey none: nothing would hold them back."""
    try:
        cache, counter = caches["platform"], f"reports:{host}:{this_minute()}"
        # Outlives its minute: a counter that ended within `incr` would begin anew, without end.
        cache.add(counter, 0, 120)
        return int(cache.incr(counter)) <= A_MINUTE
    except (RedisError, ValueError):  # ValueError: Valkey was emptied between the two
        return False


def this_minute() -> int:
    return int(time.time()) // 60


def _note(host: str, found: list[Refused]) -> None:
    with bound_to(CATALOG), acting("system:policy-reports", request=request_id()):
        for refused in found:
            PolicyViolation.objects.note(host, refused)
