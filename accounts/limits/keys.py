"""By what is counted: never by what was typed, only by a hash of it that the tenant alone can make."""

import ipaddress
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.limits.known import comes_in_a_known_browser
from audit.addresses import client_address


def digest(of_what: str, value: str) -> str:
    """32 hex digits, keyed by the bound tenant's own key: equal for equal values, at no other tenant."""
    return salted_hmac(f"limit:{of_what}", value.strip().lower(), algorithm="sha256").hexdigest()[:32]


def key_of(request: HttpRequest, credentials: dict[str, Any]) -> str:
    """Whose attempts to sign in these are counted with (settings.AXES_USERNAME_CALLABLE).

    Those from a browser that the person used before are counted by themselves, so that strangers who try the same
    address can't shut that person out.
    """
    email = credentials["email"]
    return keys_of(email)[1 if comes_in_a_known_browser(request, email) else 0]


def keys_of(email: str) -> tuple[str, str]:
    """From anywhere, and from the person's own browsers."""
    return digest("sign-in", email), digest("sign-in from a known browser", email)


def spot_of(request: HttpRequest) -> str | None:
    """What counts as one spot: an IPv4 address, or the /64 that is one customer's in IPv6."""
    return spot(client_address(request)) or None


def spot(address: str) -> str:
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
