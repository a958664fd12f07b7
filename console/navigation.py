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
    ),
    Entry(
        group=CUSTOMERS,
        label=_("Visits"),
        url_name="visits:visit-list",
        icon="life-buoy",
        surface="operator",
        order=1,
        requires="platform.break_glass:view",
    ),
    Entry(
        group=CUSTOMERS,
        label=_("Recovery of owners"),
        url_name="recoveries:recovery-list",
        icon="key-round",
        surface="operator",
        order=2,
        requires="platform.owner_recovery:view",
    ),
)
