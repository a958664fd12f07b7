"""What was restored against what the manifest says, and against what the tenant has now."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

from psycopg import Connection, Error, Rollback, sql

from backups.fingerprints.databases import fingerprint
from backups.fingerprints.digests import Fingerprint, differences
from backups.restoring.loading import owners_of
from backups.scheduling import stopping
from tenants.places import Place
from tenants.provisioner import execute, provisioner

logger = logging.getLogger(__name__)
PATIENCE = "SET default_transaction_read_only = on; SET lock_timeout = '5s'; SET statement_timeout = '120s'"
TABLES_OF = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relowner = %s::regrole"""
GRANTS: tuple[LiteralString, ...] = (
    "GRANT USAGE ON SCHEMA {} TO amana_provisioner",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {} TO amana_provisioner",
    "GRANT SELECT ON ALL SEQUENCES IN SCHEMA {} TO amana_provisioner",
)


def compare(
    place: Place, content: Fingerprint, skip: frozenset[str] = frozenset()
) -> tuple[Fingerprint, list[str]]:
    """What is in the restored database, and each difference from what the manifest says, named. Raises Stopped."""
    with everything_readable(place) as connection, stopping.breaking_off(connection.cancel):
        found = fingerprint(connection, skip)
    return found, [*differences(content, found)]


def rows_now(place: Place, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of these tables has in the tenant's present database; {} where that is lost.

    It is counted as the tables' owners, who need no rights given: nothing there is locked for longer than one look.
    A table that somebody locks, that takes minutes, or that can't be read is left out.
    """
    try:
        with provisioner(place.database, place) as connection, stopping.breaking_off(connection.cancel):
            connection.execute(PATIENCE)
            return {name: rows for name, rows in _counted(connection, place, {*tables}) if rows is not None}
    except Error as lost:
        logger.warning("What %s has now isn't known: %s", place.database, lost)
        return {}


def _counted(connection: Connection[Any], place: Place, tables: set[str]) -> Iterator[tuple[str, int | None]]:
    for owner in owners_of(place):
        execute(connection, "SET ROLE {}", owner)
        for (name,) in connection.execute(TABLES_OF, [owner]).fetchall():
            if name in tables:
                yield name, _rows(connection, name)
        connection.execute("RESET ROLE")


def _rows(connection: Connection[Any], table: str) -> int | None:
    query = sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(*table.split(".", 1)))
    try:
        row = connection.execute(query).fetchone()
    except Error as trouble:
        if connection.broken:
            raise
        logger.warning("The rows of %s aren't counted: %s", table, trouble)
        return None
    return int(row[0]) if row else 0


@contextmanager
def everything_readable(place: Place) -> Iterator[Connection[Any]]:
    """One snapshot in which the provisioner may read what the owners have: they grant it, and it is rolled back."""
    with provisioner(place.database, place) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for owner in owners_of(place):
            execute(connection, "SET LOCAL ROLE {}", owner)
            for schema in _schemas_of(connection, owner):
                for grant in GRANTS:
                    execute(connection, grant, schema)
            connection.execute("SET LOCAL ROLE NONE")
        yield connection
        raise Rollback


def _schemas_of(connection: Connection[Any], owner: str) -> list[str]:
    query = "SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole AND nspname !~ '^pg_'"
    return [name for (name,) in connection.execute(query, [owner]).fetchall()]
