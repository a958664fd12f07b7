"""migrate_fleet: bring every tenant to this code's schema; --plan only says who is behind."""

import os
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from tenants.commands import ControlCommand
from tenants.fleet import migrate_claimed, migrate_fleet, plan

WAITS = "Another migrate_fleet is running: this one goes on once that has ended."


class Command(ControlCommand):
    help = "Migrate all tenants. Interrupted or failed: run it again, it goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", action="store_true", help="say who is behind, change nothing")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
        parser.add_argument("--claim", action="store_true", help=SUPPRESS)

    def carry_out(self, say: Callable[[str], None], **options: Any) -> None:
        """The processes of one command aren't commands of anybody's."""
        if options["claim"]:
            self.work(say, **options)
        else:
            super().carry_out(say, **options)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        if options["claim"]:
            for _ in migrate_claimed():
                pass
        elif options["plan"]:
            behind = plan()
            for tenant in behind:
                say(f"{tenant.slug} is behind")
            say(f"{len(behind)} tenants are behind.")
        else:
            _migrate(say, options["processes"])


def _migrate(say: Callable[[str], None], processes: int) -> None:
    outcomes = migrate_fleet(processes, when_waiting=lambda: say(WAITS))
    for outcome in outcomes:
        say(f"{outcome.slug}: {outcome.error or 'migrated'}")
    failed = [outcome.slug for outcome in outcomes if outcome.error]
    if failed:
        raise CommandError(f"{len(failed)} of {len(outcomes)} tenants failed: {', '.join(failed)}.")
    say(f"{len(outcomes)} tenants were migrated; all are at this code's schema.")
