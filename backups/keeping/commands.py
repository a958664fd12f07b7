"""Commands of backups: for one tenant, for the catalog or for all, with an exit code that a cron job can trust."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Q

from tenants.binding import unbind
from tenants.commands import FleetCommand, find_tenant_by_slug

GOOD, BAD, UNKNOWN = 0, 1, 2


class HereCommand(FleetCommand):
    """Done where it is typed, with what that process holds: reading copies would keep `control` for hours."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="progress on standard error, the end as JSON")
        add_choice(parser)

    def _handle_unbound(self, *_: Any, **options: Any) -> None:
        unbind()
        self.work(self.stdout.write, **options)


def add_choice(parser: ArgumentParser) -> None:
    parser.add_argument("--slug", default="", help="what --tenant sets")
    parser.add_argument("--only-catalog", action="store_true", help="what --catalog sets")


def chosen(options: dict[str, Any]) -> Q:
    """Whose rows: one tenant's (a closed one's, too), the catalog's, or all; unbound. Raises CommandError."""
    if options["only_catalog"]:
        return Q(tenant=None)
    if options["slug"]:
        return Q(tenant=find_tenant_by_slug(options["slug"], closed=True).pk)
    return Q()
