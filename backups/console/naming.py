"""How those pages name who asks, and whose copy it is."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from tenants.models import Tenant


def operator_of(request: HttpRequest) -> str:
    """As the rows name who asked."""
    return f"operator:{request.user.get_username()}"


def name_of_whose(tenant: Tenant | None) -> str:
    return str(tenant) if tenant else gettext("The platform's catalog")


def page_of_whose(tenant: Tenant | None) -> str:
    return reverse("backups:tenant-detail", args=[tenant.pk]) if tenant else reverse("backups:catalog-detail")
