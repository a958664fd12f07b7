from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

BACKUPS = Group(_("Backups"), 60)

add_entries(
    Entry(
        group=BACKUPS,
        label=_("Restores"),
        url_name="restores:restore-list",
        icon="archive-restore",
        surface="operator",
        order=10,
        requires="platform.backup:view",
    ),
)
