"""Addresses of our sites, from configuration."""

from urllib.parse import urlsplit

from django.conf import settings


def site_url(host: str) -> str:
    """The address of the site at `host`, with the scheme and port of AMANA_ORIGIN."""
    origin = urlsplit(settings.AMANA_ORIGIN)
    port = f":{origin.port}" if origin.port else ""
    return f"{origin.scheme}://{host}{port}"
