"""How whose copy, drill or key it is is said: a customer's, or the catalog's, which has no row."""

from django.utils.translation import gettext, gettext_noop

from backups.sentences import sentence
from tenants.models import Tenant


def short_name(tenant: Tenant | None) -> str:
    """For events, commands and machines."""
    return tenant.slug if tenant else "catalog"


def in_a_sentence(tenant: Tenant | None) -> str:
    """For alarms, and what is told at a shell."""
    return tenant.slug if tenant else sentence(gettext_noop("the catalog"))


def full_name(tenant: Tenant | None) -> str:
    """For pages."""
    return str(tenant) if tenant else gettext("The platform's catalog")
