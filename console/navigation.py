from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

CUSTOMERS = Group(_("Customers"), 10)

add_entries(
    Entry(
        group=CUSTOMERS,
        label=_("Tenants"),
        url_name="console:tenant-list",
        icon="building-2",
        surface="operator",
        key="t",
        requires="platform.tenant:view",
    )
)
