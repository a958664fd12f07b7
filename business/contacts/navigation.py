from django.utils.translation import gettext_lazy as _

from access.asking import holders
from interface.navigation import Entry, Group, add_entries

RECORDS = Group(_("Records"), 10)

add_entries(
    Entry(
        group=RECORDS,
        label=_("Contacts"),
        url_name="contacts:contact-list",
        icon="contact",
        surface="tenant",
        key="c",
        may=holders("contacts.contact:view"),
    )
)
