"""How those pages name who asks, and whose copy it is."""

from django.urls import reverse
from django.utils.translation import gettext

from accounts.requests import PersonRequest
from backups.models import Backup
from backups.owners import full_name
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


def above_copy(copy: Backup) -> list[tuple[str, str]]:
    """The pages above a copy's own."""
    whose = (full_name(copy.tenant), page_of_whose(copy.tenant))
    return [(gettext("Backups"), reverse("backups:fleet")), whose]


def above_form_of(copy: Backup) -> list[tuple[str, str]]:
    """The pages above a form about a copy."""
    name = gettext("Copy of %(day)s") % {"day": copy.name}
    return [*above_copy(copy), (name, reverse("backups:copy-detail", args=[copy.pk]))]
