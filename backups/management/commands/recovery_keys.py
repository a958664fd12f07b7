"""recovery_keys [SLUG]: who can open which copies, and whether the drill worker can."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from backups.commands import BackupsCommand
from backups.keeping.commands import UNKNOWN
from backups.recovery_keys.health import Version, versions
from tenants.binding import CATALOG, bound_to
from tenants.commands import CONTRADICTION


class Command(BackupsCommand):
    help = (
        "List the recovery keys, how many copies each opens, and what is wrong with one. Exit code 1 where any can't be"
        " opened or believed; 2 where they couldn't be looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="one tenant's; --tenant says the same")
        parser.add_argument("--only-catalog", action="store_true", help="what --catalog sets")
        parser.add_argument("--json", action="store_true", help="a list of objects")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        whose = _whose(options)
        with bound_to(CATALOG):
            found = [each for each in versions() if whose in (None, each.owner)]
        if whose and not found:
            raise CommandError(f"There is no recovery key of “{whose}”.", returncode=UNKNOWN)
        if options["json"]:
            say(json.dumps([each.as_dict() for each in found], indent=2, default=str))
        else:
            for each in found:
                say(_line(each))
        troubled = [each for each in found if each.trouble]
        if troubled:
            raise CommandError(f"{len(troubled)} recovery keys can't be opened or believed.")


def _whose(options: dict[str, Any]) -> str | None:
    """Raises CommandError where two are named."""
    if options["slug"] and options["only_catalog"]:
        raise CommandError(CONTRADICTION, returncode=UNKNOWN)
    return CATALOG.alias if options["only_catalog"] else options["slug"]


def _line(version: Version) -> str:
    checked = f"{version.checked_at:%Y-%m-%d %H:%M}" if version.checked_at else "never"
    key = f"{version.owner:<20} v{version.version:<3} {version.copies:>4} copies"
    return f"{key}  checked {checked}  {version.recipient}  {version.trouble}".rstrip()
