"""How those pages name who asks, and whose copy it is."""

from django.urls import reverse

from accounts.requests import PersonRequest
from backups.models import Backup
from backups.persons import named_operator
from interface.words import moment
from tenants.models import Tenant


def operator_of(request: PersonRequest) -> str:
    """As the rows name who asked."""
    return named_operator(request.user)


def name_of_copy(copy: Backup) -> str:
    """As a list to choose from names it: by its moment and its kind."""
    return f"{moment(copy.snapshot_at)} · {copy.get_tier_display()}" if copy.snapshot_at else copy.name


def page_of_whose(tenant: Tenant | None) -> str:
    return reverse("backups:tenant-detail", args=[tenant.pk]) if tenant else reverse("backups:catalog-detail")
