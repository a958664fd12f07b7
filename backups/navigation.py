from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

BACKUPS = Group(_("Backups"), 70)

add_entries(
    Entry(
        group=BACKUPS,
        label=_("Exports of all data"),
        url_name="exports:export-list",
        icon="package",
        surface="tenant",
        order=20,
        requires="backups.data_export:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Runbook"),
        url_name="runbook:runbook",
        icon="book-open",
        surface="operator",
        order=90,
        requires="platform.backup:view",
    ),
)
