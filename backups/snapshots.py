"""One moment of one database: what pg_dump writes and what the fingerprint says are of the same."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import LockNotAvailable, UndefinedTable

from backups.exceptions import BackupRefused, DumpFailed
from backups.fingerprints.databases import TEXT_OPTIONS
from backups.programs import check_not_older, environment_for, program, widen
from backups.storage import Readable
from tenants.identity import check_identity
from tenants.places import Place

# Wrapped identities: escrowed on their own, so that what is destroyed is gone from every copy.
NEVER_DUMPED = frozenset({"public.backups_recoverykey"})


@dataclass(frozen=True)
class Snapshot:
    """Of an open, read-only transaction; it ends with it."""

    connection: Connection[Any]
    name: str
    at: datetime
    lsn: str
    server_major: int
    conninfo: str
    place: Place

    @property
    def left_out(self) -> frozenset[str]:
        return NEVER_DUMPED if self.place.is_catalog else frozenset()


@contextmanager
def snapshot_of(place: Place) -> Iterator[Snapshot]:
    """Open one as amana_backup, of tables that nobody rewrites meanwhile.

    Raises WrongDatabase where the catalog points at another's, BackupRefused, and DumpFailed while it is migrated.
    """
    if not settings.AMANA_BACKUP_URL:
        raise BackupRefused("This process doesn't hold AMANA_BACKUP_URL: the backup worker does.")
    where = {key: value for key, value in (("host", place.host), ("port", place.port)) if value}
    conninfo = make_conninfo(settings.AMANA_BACKUP_URL, dbname=place.database, **where)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        check_identity(connection, place)
        tables = _tables_of(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _hold_still(connection, tables)
        row = connection.execute(
            "SELECT pg_export_snapshot(), now(), pg_current_wal_lsn()::text, current_setting('server_version_num')::int"
        ).fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM gives a row
        name, at, lsn, version = row
        if _tables_of(connection) != tables:
            raise DumpFailed("Its tables changed just as the copy began.")
        check_not_older("pg_dump", version // 10000)
        yield Snapshot(connection, name, at, lsn, version // 10000, conninfo, place)


def _tables_of(connection: Connection[Any]) -> list[tuple[str, str]]:
    query = """
        SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1, 2"""
    return connection.execute(query).fetchall()


def _hold_still(connection: Connection[Any], tables: list[tuple[str, str]]) -> None:
    """Before the snapshot is taken: a table that is rewritten after it (ALTER TABLE, TRUNCATE) would look empty in it.

    Raises DumpFailed where a migration holds one for longer than AMANA_BACKUP_LOCK_SECONDS.
    """
    names = sql.SQL(", ").join(sql.Identifier(schema, table) for schema, table in tables)
    milliseconds = sql.Literal(int(settings.AMANA_BACKUP_LOCK_SECONDS * 1000))
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(milliseconds))
    try:
        connection.execute(sql.SQL("LOCK TABLE ONLY {} IN ACCESS SHARE MODE").format(names))
    except LockNotAvailable as error:
        raise DumpFailed("Its tables are being changed: it is tried again.") from error
    except UndefinedTable as error:
        raise DumpFailed("Its tables changed just as the copy began.") from error


@contextmanager
def dump_of(snapshot: Snapshot) -> Iterator[Readable]:
    """What pg_dump writes, uncompressed, to be read to the end. Raises DumpFailed with pg_dump's own words."""
    command = [program("pg_dump"), "--format=custom", "--compress=none", f"--snapshot={snapshot.name}"]
    command += [f"--lock-wait-timeout={int(settings.AMANA_BACKUP_LOCK_SECONDS * 1000)}"]
    command += [f"--exclude-table-data={table}" for table in sorted(snapshot.left_out)]
    environment = environment_for(snapshot.conninfo) | {"PGOPTIONS": TEXT_OPTIONS}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if process.stdout is None or process.stderr is None:
            raise DumpFailed("pg_dump has no output.")
        widen(process.stdout)
        yield Whole(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


class Whole:
    """A program's output that doesn't end well unless the program does: its end is only believed with exit code 0."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def read(self, size: int = -1, /) -> bytes:
        assert self.process.stdout is not None  # noqa: S101 - asked for with PIPE
        data = self.process.stdout.read(size)
        if not data and self.process.wait():
            assert self.process.stderr is not None  # noqa: S101 - asked for with PIPE
            said = self.process.stderr.read(4000).decode(errors="replace").strip()
            raise DumpFailed(f"pg_dump ended with {self.process.returncode}: {said or 'it said nothing'}.")
        return data
