"""dbshell (--tenant SLUG | --catalog) --reason …: psql at one database, reading only unless told otherwise, and logged.

Django's own, with a reason. It reads and writes as the role that the site itself uses.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import dbshell

from audit.context import acting_like, acting_now
from audit.recording import record
from tenants.binding import bound_connection, is_bound
from tenants.commands import who_types

READ_ONLY = "-c default_transaction_read_only=on"
NO_PSQL = (
    "psql isn't here, or not on the PATH. Install PostgreSQL's client, of the server's version at least."
)
HOW_TO_WRITE = """\
The log wants to know who acts, in each transaction that writes:
    BEGIN; :acting; UPDATE …; COMMIT;
"""
ACTING = """SELECT set_config('amana.ctx', json_build_object('actor', 'command:dbshell', 'reason', '{reason}',
    'at', extract(epoch FROM now()))::text, true)"""


class Command(dbshell.Command):
    help = "psql at one database, reading only unless told otherwise; who, why and how long is in its activity log."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reason", default="", help="asked for where somebody sits at the keyboard")
        parser.add_argument("--write", action="store_true", help="let statements change rows")

    def handle(self, **options: Any) -> None:
        if not is_bound():
            raise CommandError("Say whose database: --tenant SLUG or --catalog.")
        reason = options["reason"].strip() or _ask()
        if not reason:
            raise CommandError(
                'Say why, with --reason "…": it stands in the activity log. Nothing was opened.'
            )
        writes = options["write"]
        with acting_like(replace(acting_now(), reason=reason)), _logged(writes=writes):
            _run([*_prepared(reason, writes=writes), *options["parameters"]], writes=writes)


def _ask() -> str:
    """By a person at a terminal; nobody is asked who isn't there."""
    if not sys.stdin.isatty():
        return ""
    try:
        return input("Why? It stands in the activity log: ").strip()
    except EOFError:
        return ""


def _prepared(reason: str, *, writes: bool) -> list[str]:
    """What psql is told first."""
    if not writes:
        return []
    sys.stderr.write(HOW_TO_WRITE)
    literal = reason.replace("'", "''").replace("\\", "/")
    return ["-v", f"acting={ACTING.format(reason=literal)}"]


@contextmanager
def _logged(*, writes: bool) -> Iterator[None]:
    """Opened is written before anything can be done; closed also where psql fails."""
    who, mode = who_types(), "writing" if writes else "reading only"
    record("audit.shell_opened", who=who, mode=mode)
    try:
        yield
    finally:
        record("audit.shell_closed", who=who)


def _run(parameters: list[str], *, writes: bool) -> None:
    """psql's own exit code becomes ours; what it had to say it has said."""
    try:
        with nullcontext() if writes else _reading_only():
            bound_connection().client.runshell(parameters)
    except FileNotFoundError as missing:
        raise CommandError(NO_PSQL) from missing
    except subprocess.CalledProcessError as ended:
        sys.exit(ended.returncode)


@contextmanager
def _reading_only() -> Iterator[None]:
    """For what is started inside; our own connection goes on writing the log."""
    before = os.environ.get("PGOPTIONS", "")
    os.environ["PGOPTIONS"] = f"{before} {READ_ONLY}".strip()
    try:
        yield
    finally:
        os.environ["PGOPTIONS"] = before
