"""Where the people of whoever is bound come in."""

from django.conf import settings

from tenants.binding import bound_tenant
from tenants.origins import site_url


def our_site() -> str:
    """The address of the bound tenant's site, or of the operators'; from configuration, never from a request."""
    tenant = bound_tenant()
    return tenant.site_url if tenant else site_url(settings.AMANA_OPERATOR_HOST)
