"""How contacts are called in the activity log, for those who may see them, and their history."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.histories import History, add_history
from activity.tables import describe
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet
from business.contacts.reaching import contacts_of


def _named(person: Any) -> ContactQuerySet:
    return Contact.objects.none() if person is None else contacts_of(person)


describe(
    "contacts_contact",
    pgettext_lazy("in a sentence", "contact"),
    {
        "kind": _("Kind"),
        "name": _("Name"),
        "company_id": _("Company"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "address": _("Address"),
        "city": _("City"),
        "country": _("Country"),
        "tax_id": _("Tax ID"),
        "language": _("Language"),
        "notes": _("Notes"),
        "archived_at": _("Archived at"),
        "created_at": _("Added at"),
        "created_by_id": _("Added by"),
    },
    named=_named,
)
add_history(
    History(
        model=Contact,
        code="contacts.contact:history",
        label=_("Contacts"),
        list_url="contacts:contact-list",
        detail_url="contacts:contact-detail",
    )
)
