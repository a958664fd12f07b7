from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

ADMINISTRATION = Group(_("Administration"), 80)

add_entries(
    Entry(
        group=ADMINISTRATION,
        label=_("Access for support"),
        url_name="support:grant-list",
        icon="life-buoy",
        surface="tenant",
        order=9,
        requires="accounts.support_grant:view",
    )
)
