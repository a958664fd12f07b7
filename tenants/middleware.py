"""The first thing a request meets: whose host is this, and so which database may be opened."""

import logging

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import set_urlconf
from django_tenants.middleware.main import TenantMainMiddleware

from tenants.binding import CATALOG, Bindable, bind, is_bound, unbind
from tenants.errors import unavailable
from tenants.hosts import find_tenant
from tenants.models import Tenant
from tenants.speaking import asked_for, speak

logger = logging.getLogger(__name__)


class TenantMiddleware(TenantMainMiddleware):
    """Binds the request to the tenant of its host, and unbinds whatever happens.

    A streaming response keeps the binding until its body is exhausted or closed. An unknown host is not
    found, without a hint; a tenant that isn't served gets a plain page. The public site is unbound.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_bound():
            logger.critical("A binding was left behind by an earlier request; it is ended now.")
            unbind()
        request.tenant = None  # type: ignore[attr-defined]
        host = self._host(request)
        if host == settings.AMANA_PUBLIC_HOST:
            return self._unbound(request)
        if host == settings.AMANA_OPERATOR_HOST:
            return self._bound(request, CATALOG, settings.OPERATOR_URLCONF)
        tenant = find_tenant(host) if host else None
        if tenant is None or tenant.state in ("provisioning", "closing", "closed"):
            return render(None, "404.html", status=404)
        return self._served(request, tenant)

    def _served(self, request: HttpRequest, tenant: Tenant) -> HttpResponseBase:
        speak(asked_for(request), tenant.language)
        if not tenant.is_served:
            return render(None, "suspended.html", status=503)
        if tenant.is_too_old:
            return unavailable(60)
        request.tenant = tenant  # type: ignore[attr-defined]
        return self._bound(request, tenant, settings.ROOT_URLCONF)

    def _host(self, request: HttpRequest) -> str:
        try:
            return str(self.hostname_from_request(request)).lower()
        except DisallowedHost:
            return ""

    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str:
        """The host without its port. Unlike django-tenants' we strip no "www.": a host is exactly itself."""
        return request.get_host().rpartition(":")[0] or request.get_host()

    def _unbound(self, request: HttpRequest) -> HttpResponseBase:
        """There are no people and no sessions here: a session's cookie means nothing, and asking for it would fail."""
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        _route(request, settings.PUBLIC_SCHEMA_URLCONF)
        return self.get_response(request)

    def _bound(self, request: HttpRequest, target: Bindable, urlconf: str) -> HttpResponseBase:
        _route(request, urlconf)
        bind(target)
        try:
            response = self.get_response(request)
        except BaseException:
            unbind()
            raise
        if response.streaming:
            response._resource_closers.append(unbind)  # type: ignore[attr-defined]
        else:
            unbind()
        return response


def _route(request: HttpRequest, urlconf: str) -> None:
    request.urlconf = urlconf  # type: ignore[attr-defined]
    set_urlconf(urlconf)
