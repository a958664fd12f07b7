"""How the platform's own tables are called in its activity log."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.tables import describe
from tenants.models import Tenant

SENTENCE = "in a sentence"


def _tenants(_person: Any) -> QuerySet[Tenant]:
    """Customers are named to every operator."""
    return Tenant.objects.all()


describe(
    "tenants_tenant",
    pgettext_lazy(SENTENCE, "tenant"),
    {"name": _("Name"), "slug": _("Short name"), "state": _("State"), "language": _("Language")},
    named=_tenants,
)
describe("tenants_domain", pgettext_lazy(SENTENCE, "address of a tenant"))
describe("tenants_server", pgettext_lazy(SENTENCE, "database server"))
describe("tenants_operation", pgettext_lazy(SENTENCE, "operation"))
describe("tenants_tenantevent", pgettext_lazy(SENTENCE, "entry in a trail"))
describe("tenants_template", pgettext_lazy(SENTENCE, "template"))
describe("audit_alarm", pgettext_lazy(SENTENCE, "alarm"))
