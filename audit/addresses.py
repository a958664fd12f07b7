"""Where a request comes from: one answer for the activity log and for whoever counts requests."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw, or whoever is connected where none is trusted.

    Each proxy adds to the right of X-Forwarded-For whom it saw; what stands further left the client wrote itself.
    A request that came past some of the proxies is its own connection's. Empty for what is no address.
    """
    connected = request.META.get("REMOTE_ADDR", "")
    proxies = settings.AMANA_TRUSTED_PROXIES
    seen = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), connected]
    said = seen[-1 - proxies] if len(seen) > proxies else connected
    return normal(said.strip()) or normal(connected)


def normal(address: str) -> str:
    """As PostgreSQL writes it, IPv4 as IPv4; empty for what is no address, such as a socket's name."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
