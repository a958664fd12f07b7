from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

BACKUPS = Group(_("Backups"), 60)

add_entries(
    Entry(
        group=BACKUPS,
        label=_("Recovery keys"),
        url_name="recovery-keys:key-list",
        icon="key",
        surface="operator",
        order=60,
        requires="platform.key:view",
    ),
)
