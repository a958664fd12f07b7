"""How the platform's own tables are called in its activity log."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.tables import describe
from tenants.models import Tenant


def _tenants(_person: Any) -> QuerySet[Tenant]:
    """Customers are named to every operator."""
    return Tenant.objects.all()


describe(
    "tenants_tenant",
    pgettext_lazy("in a sentence", "tenant"),
    {"name": _("Name"), "slug": _("Short name"), "state": _("State"), "language": _("Language")},
    named=_tenants,
)
describe("tenants_domain", pgettext_lazy("in a sentence", "address of a tenant"))
describe("tenants_server", pgettext_lazy("in a sentence", "database server"))
describe("tenants_operation", pgettext_lazy("in a sentence", "operation"))
describe("tenants_tenantevent", pgettext_lazy("in a sentence", "entry in a trail"))
describe("tenants_template", pgettext_lazy("in a sentence", "template"))
describe("audit_alarm", pgettext_lazy("in a sentence", "alarm"))
