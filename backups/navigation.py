"""Where backups stand in the navigation of both sites."""

from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

BACKUPS = Group(_("Backups"), 60)

add_entries(
    Entry(
        group=BACKUPS,
        label=_("Backups"),
        url_name="backups:fleet",
        icon="database-backup",
        surface="operator",
        key="b",
        requires="platform.backup:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Restore drills"),
        url_name="drills:drill-list",
        icon="clipboard-check",
        surface="operator",
        order=10,
        requires="platform.drill:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Restores"),
        url_name="restores:restore-list",
        icon="archive-restore",
        surface="operator",
        order=20,
        requires="platform.backup:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Archived copies"),
        url_name="archive:archive-list",
        icon="archive",
        surface="operator",
        order=30,
        requires="platform.archive:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Backup policy"),
        url_name="backups:policy-list",
        icon="calendar-clock",
        surface="operator",
        order=50,
        requires="platform.backup:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Recovery keys"),
        url_name="recovery-keys:key-list",
        icon="key",
        surface="operator",
        order=60,
        requires="platform.key:view",
    ),
    Entry(
        group=BACKUPS,
        label=_("Backups"),
        url_name="own-backups:overview",
        icon="database-backup",
        surface="tenant",
        key="b",
        requires="backups.backup:view",
    ),
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
