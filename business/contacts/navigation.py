from django.utils.translation import gettext_lazy as _

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
        requires="contacts.contact:view",
    )
)
