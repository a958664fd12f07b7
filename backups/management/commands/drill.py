"""drill (--tenant SLUG | --catalog) [--backup ID | --latest | --random] [--as EMAIL]: prove a copy, say what was found.

Exit codes: 0 it passed, 1 it failed, 2 it couldn't be carried out.
"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from backups.at_a_shell import as_operator
from backups.drilling.asking import START, ask_for, latest_copy, random_copy
from backups.drilling.planning import sign_identities
from backups.drilling.running import run
from backups.exceptions import BackupError, DrillRefused
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_tenant, bound_to, is_bound, unbind
from tenants.commands import who_types
from tenants.models import Tenant

PASSED, FAILED, NOT_DONE = 0, 1, 2
POLL = 0.5  # seconds
NEEDED = ("AMANA_DRILL_URL", "AMANA_DRILL_KEY", "AMANA_REPORT_KEY", "AMANA_IDENTITY_KEY")


class Command(BaseCommand):
    help = (
        "Restore a copy into scratch and prove it. Of --tenant SLUG or --catalog. Somebody else can sign off its report"
        " where --as EMAIL says who asked: an operator who may, and gives the code that their app shows."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--backup", default="", help="the id of a copy")
        which.add_argument("--latest", action="store_true", help="the newest copy; so it is without a word")
        which.add_argument("--random", action="store_true", help="any copy that is kept, drawn by lot")
        parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="the operator who asks")
        parser.add_argument("--code", default="", help="what their app shows now; else it is asked for")
        parser.add_argument(
            "--json", action="store_true", help="progress on standard error, the signed report as JSON"
        )
        parser.add_argument(
            "--patience", type=float, default=600.0, help="seconds to wait until a worker begins"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if not is_bound():
            self._give_up("Say whose copy: --tenant SLUG or --catalog.")
        subject: Tenant | None = bound_tenant()
        sys.exit(copy_context().run(self._carry_out, subject, options))

    def _carry_out(self, subject: Tenant | None, options: dict[str, Any]) -> int:
        unbind()
        try:
            by = _who(options)
            with bound_to(CATALOG):
                drill = ask_for(_chosen(subject, options), by)
            _begin_here(drill)
            say = self.stderr.write if options["json"] else self.stdout.write
            drill = _followed(drill, options["patience"], say)
        except BackupError as refusal:
            self._give_up(str(refusal))
        self._tell(drill, as_json=options["json"])
        return {"passed": PASSED, "failed": FAILED}.get(drill.outcome, NOT_DONE)

    def _tell(self, drill: Drill, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(drill.signed_text or json.dumps({"result": drill.outcome}))
        else:
            self.stdout.write(f"{drill.outcome}: {drill.error or 'the copy is what it should be.'}")

    def _give_up(self, why: str) -> None:
        self.stderr.write(f"drill: {why}")
        sys.exit(NOT_DONE)


def _who(options: dict[str, Any]) -> str:
    """Raises NotProven; without --as it is somebody whom nobody knows, as in a cron job. Raises DrillRefused."""
    if options["code"] and not options["email"]:
        raise DrillRefused("Say whose code it is: --as EMAIL.")
    if options["email"]:
        return as_operator(options["email"], options["code"], START)
    return f"command:{who_types()}"


def _chosen(subject: Tenant | None, options: dict[str, Any]) -> Backup:
    """Raises DrillRefused; another tenant's copy isn't found."""
    if options["random"]:
        return random_copy(subject)
    if not options["backup"]:
        return latest_copy(subject)
    try:
        named: Backup = Backup.objects.get(pk=options["backup"], tenant=subject)
    except (Backup.DoesNotExist, ValidationError, ValueError) as missing:
        raise DrillRefused(f"There is no copy {options['backup']} of this one.") from missing
    return named


def _begin_here(drill: Drill) -> None:
    """Where all of its credentials are, this process is its worker; elsewhere the drill worker has been told."""
    if not all(getattr(settings, name) for name in NEEDED):
        return
    sign_identities()
    with bound_to(CATALOG):
        claimed = Drill.objects.filter(pk=drill.pk).select_related("tenant").take()
    if claimed is not None:
        run(claimed)


def _followed(drill: Drill, patience: float, say: Callable[[str], Any]) -> Drill:
    """Until it is over, a line for each step. Raises DrillRefused where nobody begins within `patience`."""
    told: set[str] = set()
    since = time.monotonic()
    while True:
        with bound_to(CATALOG):
            now: Drill = Drill.objects.select_related("tenant", "backup").get(pk=drill.pk)
            ended = [*now.steps.exclude(state__in=["waiting", "running"])]
        for step in ended:
            if step.code not in told:
                told.add(step.code)
                say(f"{step.code:12} {step.state:8} {step.seconds or 0:7.2f} s  {step.found}")
        if now.is_over:
            return now
        if now.state == Drill.State.WAITING and time.monotonic() - since > patience:
            raise DrillRefused(
                f"No drill worker took it within {patience:.0f} seconds: {now.error or 'is it running?'}"
            )
        time.sleep(POLL)
