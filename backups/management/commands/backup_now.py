"""backup_now (--tenant SLUG | --catalog | --all): ask the backup worker for copies, and wait until they are stored."""

import json
import sys
from argparse import ArgumentParser
from contextvars import copy_context
from typing import Any

from django.core.management.base import BaseCommand

from backups.exceptions import BackupRefused
from backups.models import Backup
from backups.scheduling.asking import ask_for_copies
from backups.scheduling.following import SilentWorkers, as_json, follow
from tenants.binding import CATALOG, bound_tenant, bound_to, is_bound, unbind
from tenants.commands import CONTRADICTION, who_types
from tenants.models import Tenant

FAILED, NOT_ASKED = 1, 2
BROKER_AWAY = "The broker is away, so no worker hears of it: the copies are taken once it is back."
NOBODY = "Say whose: --tenant SLUG, --catalog or --all."


class Command(BaseCommand):
    help = "Take a copy now. Exit code 0: all are stored; 1: one failed; 2: nobody could be asked, or nobody answers."

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", dest="everybody", help="each tenant, and the catalog"
        )
        parser.add_argument("--json", action="store_true", help="progress on standard error, the end as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        whose = [bound_tenant()] if is_bound() else None
        if code := copy_context().run(self._ask_and_follow, whose, **options):
            sys.exit(code)

    def _ask_and_follow(self, whose: list[Tenant | None] | None, **options: Any) -> int:
        unbind()
        if options["everybody"]:
            if whose is not None:
                return self._complain(CONTRADICTION)
            whose = _everybody()
        if whose is None:
            return self._complain(NOBODY)
        try:
            copies, told = ask_for_copies(whose, who_types())
            if not told:
                return self._complain(BROKER_AWAY)
            say = self.stderr.write if options["json"] else self.stdout.write
            ended = follow([copy.pk for copy in copies], say)
        except (BackupRefused, SilentWorkers) as refusal:
            return self._complain(str(refusal))
        return self._sum_up(ended, as_document=options["json"])

    def _sum_up(self, ended: list[Backup], *, as_document: bool) -> int:
        failed = [copy for copy in ended if copy.state == Backup.State.FAILED]
        if as_document:
            self.stdout.write(json.dumps([as_json(copy) for copy in ended], indent=2))
        else:
            self.stdout.write(f"{len(ended) - len(failed)} of {len(ended)} copies are stored.")
        return FAILED if failed else 0

    def _complain(self, words: str) -> int:
        self.stderr.write(f"backup_now: {words}")
        return NOT_ASKED


def _everybody() -> list[Tenant | None]:
    with bound_to(CATALOG):
        return [*Tenant.objects.with_database().order_by("slug"), None]
