"""expire_backups: end the copies whose time has come."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from backups.commands import BackupsCommand
from backups.keeping.commands import add_choice, chosen
from backups.keeping.expiring import expire, would_expire
from backups.models import Backup


class Command(BackupsCommand):
    help = (
        "Remove the copies whose time has come; never the last good one of a tenant, nor one on hold or in use. Exit"
        " code 0: done; 2: not, as the storage or somebody else is away (what was begun is gone on with the next time),"
        " the clocks disagree, or more would end at once than you agree to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="say what would go, and remove nothing")
        how.add_argument(
            "--agree",
            type=int,
            default=0,
            metavar="NUMBER",
            help="so many may end at once: you looked at them",
        )
        parser.add_argument("--json", action="store_true", help="progress on standard error, the end as JSON")
        add_choice(parser)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        as_document, only_say = options["json"], options["dry_run"]
        tell = self.tell if as_document else say
        whose = chosen(options) or None
        found = (
            would_expire(whose, tell) if only_say else expire(whose=whose, agreed=options["agree"], tell=tell)
        )
        if as_document:
            kept = [_said(backup) | {"why": why} for backup, why in found.kept]
            said = {"dry_run": only_say, "removed": [_said(each) for each in found.removed], "kept": kept}
            say(json.dumps(said, indent=2))
        else:
            say(f"{len(found.removed)} {'would go' if only_say else 'removed'}, {len(found.kept)} kept.")


def _said(backup: Backup) -> dict[str, Any]:
    return {"id": str(backup.pk), "tenant": backup.whose, "copy": backup.name}
