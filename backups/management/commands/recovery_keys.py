"""recovery_keys [SLUG]: who can open which copies, and whether the drill worker can."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from backups.commands import BackupsCommand
from backups.recovery_keys.health import Version, versions
from tenants.binding import CATALOG, bound_to


class Command(BackupsCommand):
    help = "List the recovery keys, how many copies each opens, and what is wrong with one; exits with 1 where any is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="one tenant's; --tenant says the same")
        parser.add_argument("--json", action="store_true", help="a list of objects")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        with bound_to(CATALOG):
            found = [each for each in versions() if options["slug"] in (None, each.owner)]
        if options["json"]:
            say(json.dumps([each.as_dict() for each in found], indent=2, default=str))
        else:
            for each in found:
                say(_line(each))
        troubled = [each for each in found if each.trouble]
        if troubled:
            raise CommandError(f"{len(troubled)} recovery keys can't be opened or believed.")


def _line(version: Version) -> str:
    checked = f"{version.checked_at:%Y-%m-%d %H:%M}" if version.checked_at else "never"
    key = f"{version.owner:<20} v{version.version:<3} {version.copies:>4} copies"
    return f"{key}  checked {checked}  {version.recipient}  {version.trouble}".rstrip()
