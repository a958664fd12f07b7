"""init_recovery_keys [--out FOLDER] [--replace KIND]: the keys of backups, made where they are missing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backups.exceptions import BackupRefused
from backups.recovery_keys.initialising import EVERYBODY, KINDS, Made, Offline, make, missing, write_out
from tenants.endings import NOT_CARRIED_OUT

LAST = 6
CLEAR = "\033[H\033[2J\033[3J"
EMBEDDED = """\
This Amana is embedded: its two “offline” recovery keys lie in {file}, beside what they protect.
They are for trying out only. Whoever takes this folder opens every copy."""
INTRODUCTION = """\
Two people keep one offline key each, on paper or on a medium that leaves this machine. Whoever holds either of them
opens every copy of every tenant, also when this server is gone; whoever has lost both opens none. They are shown
once, and kept nowhere here."""
SHOWN = """
Offline key {number}, for one person. Nobody else looks at this screen now.

  public half   {recipient}
  private half  {identity}

Write it down or print it, whole; then read it from there."""
AFTERWARDS = """
Then start everything anew, and run `prepare`: it makes each tenant's recovery key. Where tenants have recovery keys
already, run `rotate_recovery_keys --recipients`; until it has ended, the drill worker holds its old key beside the new
one, with a comma between: AMANA_DRILL_KEY=NEW,OLD."""
SIGNING = """
What the former key signed stays believed for as long as its public half stands after the new one, on every process. So
tell every process the public halves first, and start it anew; then the worker its private one."""


class Command(BaseCommand):
    help = "Make the keys of backups that are missing: two offline ones for two people, and those of the workers."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out", type=Path, help="a folder on a removable medium: a file each, nothing is asked"
        )
        parser.add_argument(
            "--replace", action="append", choices=KINDS, default=[], help="make this one though it is there"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.kind == "embedded":
            self.stdout.write(EMBEDDED.format(file=settings.AMANA_VAR / "secrets.json"))
        kinds = {*missing(), *options["replace"]}
        if not kinds:
            self.stdout.write("No key is missing: nothing was made.")
            return
        made = make(kinds)
        if options["out"]:
            self._write_out(made, options["out"])
        else:
            self._show(made)
        self.stdout.write(AFTERWARDS)
        if {"manifest", "report"} & {*options["replace"]}:
            self.stdout.write(SIGNING)

    def _write_out(self, made: Made, folder: Path) -> None:
        try:
            written = write_out(made, folder)
        except BackupRefused as refusal:
            raise CommandError(str(refusal), returncode=NOT_CARRIED_OUT) from refusal
        for path in written:
            self.stdout.write(f"{path} was written.")
        self.stdout.write("Give each offline key to one person, and take the medium away from this machine.")
        self._lines(made, (EVERYBODY,))

    def _show(self, made: Made) -> None:
        if made.offline:
            self.stdout.write(INTRODUCTION)
        for offline in made.offline:
            self._hand_over(offline)
        self._lines(made, [*made.lines])

    def _hand_over(self, offline: Offline) -> None:
        self.stdout.write(
            SHOWN.format(number=offline.number, recipient=offline.recipient, identity=offline.identity)
        )
        while self._typed() != offline.identity[-LAST:]:
            self.stdout.write(f"Those aren't its last {LAST} characters. Once more:")
        if self.stdout.isatty():
            self.stdout.write(CLEAR)
        self.stdout.write(f"Offline key {offline.number} is with its keeper.")

    def _typed(self) -> str:
        try:
            return input(f"Its last {LAST} characters: ").strip().upper()
        except EOFError:
            raise CommandError(
                "Nobody typed them: forget what was shown, it opens nothing. In scripts give --out FOLDER.",
                returncode=NOT_CARRIED_OUT,
            ) from None

    def _lines(self, made: Made, holders: list[str] | tuple[str, ...]) -> None:
        for holder in holders:
            if made.lines[holder]:
                who = "Every process" if holder == EVERYBODY else f"The worker “{holder}” alone"
                self.stdout.write(f"\n{who} is told:\n")
                self.stdout.write("\n".join(f"  {line}" for line in made.lines[holder]))
