from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

BACKUPS = Group(_("Backups"), 20)

add_entries(
    Entry(
        group=BACKUPS,
        label=_("Restore drills"),
        url_name="drills:drill-list",
        icon="clipboard-check",
        surface="operator",
        order=2,
        requires="platform.drill:view",
    ),
)
