"""Backups in the operators' command palette."""

from django.utils.translation import gettext_lazy as _

from interface.palette import Command, add_commands

add_commands(
    Command(
        label=_("Copies of the catalog"),
        icon="database",
        url_name="backups:catalog-detail",
        surface="operator",
        requires="platform.backup:view",
    ),
    Command(
        label=_("Tenants without a fresh copy"),
        icon="clock-alert",
        url_name="backups:fleet",
        rest="?state=old",
        surface="operator",
        words=_("old backup, unprotected, stale"),
        requires="platform.backup:view",
    ),
)
