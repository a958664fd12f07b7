"""pg_restore, fed while the copy is decrypted: nothing of it ever lies on a disk in plain.

What a dump holds belongs to two owners, and each makes its own things, in a pass of its own: only so come owners,
grants and triggers out as they were, without a superuser. A pass reads the copy from its beginning.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from psycopg import Connection
from psycopg.conninfo import make_conninfo

from backups.drilling.machine import words_of_server
from backups.drilling.opening import QUOTED
from backups.exceptions import BackupError, MachineFailed
from backups.programs import check_can_restore, environment_for, program
from backups.scheduling import stopping
from backups.storage import Writable
from tenants.places import Place, provisioner_url
from tenants.provisioner import execute, provisioner

ENTRY = re.compile(r"^\d+; \d+ \d+ (?P<what>.*) (?P<owner>\S+)$")
SCHEMA = re.compile(r"^SCHEMA - (?P<name>\S+)$")
Opened = Callable[[Writable], None]


@dataclass(frozen=True)
class Contents:
    """A dump's table of contents: the lines of each owner, as pg_restore takes them back, and the schemas they made."""

    lines: dict[str, list[str]]
    schemas: dict[str, str]

    @classmethod
    def of(cls, listing: str) -> "Contents":
        lines: dict[str, list[str]] = {}
        schemas: dict[str, str] = {}
        for line in listing.splitlines():
            entry = ENTRY.match(line)
            schema = SCHEMA.match(entry["what"]) if entry else None
            if schema and entry:
                schemas[schema["name"]] = entry["owner"]
            elif entry:
                lines.setdefault(entry["owner"], []).append(line)
        return cls(lines, schemas)


def owners_of(place: Place) -> tuple[str, str]:
    """The log's first: the triggers of tables call its functions."""
    return "audit_owner", "catalog_owner" if place.is_catalog else "tenant_owner"


def contents_of(opened: Opened) -> Contents:
    """Read from the beginning of the dump alone. Raises BackupError where the copy can't be opened."""
    return Contents.of(_fed("pg_restore", ["--list"], environment_for(""), opened))


def load(place: Place, versions: Mapping[str, int], opened: Opened) -> None:
    """Everything into an empty database that was cloned from amana_base. Raises BackupError with pg_restore's words."""
    check_can_restore(versions)
    contents = contents_of(opened)
    _make_schemas(place, contents)
    for owner in owners_of(place):
        _pass(place, owner, contents.lines.get(owner, []), opened)


def _make_schemas(place: Place, contents: Contents) -> None:
    """A schema is made by who owns the database, and is its owner's from the first moment."""
    with provisioner(place.database, place) as connection:
        for name, owner in contents.schemas.items():
            if owner in owners_of(place) and not _has_schema(connection, name):
                execute(connection, "CREATE SCHEMA {} AUTHORIZATION {}", name, owner)


def _has_schema(connection: Connection[Any], name: str) -> bool:
    return connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [name]).fetchone() is not None


def _pass(place: Place, owner: str, lines: list[str], opened: Opened) -> None:
    given = {key: value for key, value in (("host", place.host), ("port", place.port)) if value}
    conninfo = make_conninfo(provisioner_url(), dbname=place.database, **given)
    with tempfile.TemporaryFile("w") as wanted:  # without a name: who is killed leaves nothing
        wanted.write("\n".join([*lines, ""]))
        wanted.seek(0)
        arguments = ["--exit-on-error", "--single-transaction", "--no-owner", f"--role={owner}"]
        arguments += [f"--use-list=/dev/fd/{wanted.fileno()}", f"--dbname={place.database}"]
        _fed("pg_restore", arguments, environment_for(conninfo), opened, wanted.fileno())


def _fed(name: str, arguments: list[str], environment: dict[str, str], opened: Opened, *handles: int) -> str:
    """What a program says that reads the decrypted dump. It may stop reading once it knows enough; it must end well.
    Raises Stopped, too.

    `handles` are open in it, too.
    """
    with tempfile.TemporaryFile() as says, tempfile.TemporaryFile() as complains:
        process = subprocess.Popen(
            [program(name), *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=says,
            stderr=complains,
            pass_fds=handles,
        )
        try:
            with stopping.breaking_off(process.kill):
                _feed(process, opened)
                process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            raise _refusal(name, process.returncode, _all_of(complains).strip())
        return _all_of(says)


def _refusal(name: str, code: int, said: str) -> BackupError:
    """Of what it said one line alone: the rest may show a row."""
    if code < 0:
        return MachineFailed(f"{name} was killed on the restore worker's machine, by signal {-code}.")
    lines = said.splitlines()
    line = next((line for line in lines if "error:" in line), lines[0] if lines else "it said nothing")
    if words := words_of_server(line):
        return MachineFailed(words)
    shown = QUOTED.sub(r"\1…", line)
    return BackupError(f"{name} ended with {code}: {shown}.")


def _feed(process: "subprocess.Popen[bytes]", opened: Opened) -> None:
    assert process.stdin is not None  # noqa: S101 - asked for with PIPE
    with suppress(BrokenPipeError):  # it has ended: its exit code says whether well
        try:
            opened(process.stdin)
        finally:
            process.stdin.close()


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
