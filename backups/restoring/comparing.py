"""What was restored against what the manifest says, and against what the tenant has now."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

from psycopg import Connection, Error, Rollback, sql

from backups.fingerprints.databases import fingerprint
from backups.fingerprints.digests import Fingerprint, differences
from backups.restoring.loading import owners_of
from tenants.places import Place
from tenants.provisioner import execute, provisioner

GRANTS: tuple[LiteralString, ...] = (
    "GRANT USAGE ON SCHEMA {} TO amana_provisioner",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {} TO amana_provisioner",
    "GRANT SELECT ON ALL SEQUENCES IN SCHEMA {} TO amana_provisioner",
)


def compare(
    place: Place, content: Fingerprint, skip: frozenset[str] = frozenset()
) -> tuple[Fingerprint, list[str]]:
    """What is in the restored database, and each difference from what the manifest says, named."""
    with everything_readable(place) as connection:
        found = fingerprint(connection, skip)
    return found, [*differences(content, found)]


def rows_now(place: Place, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of these tables has in the tenant's present database; {} where that is lost."""
    try:
        with everything_readable(place) as connection:
            return {table: _rows(connection, table) for table in tables if _is_there(connection, table)}
    except Error:
        return {}


def _rows(connection: Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(*table.split(".", 1)))
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _is_there(connection: Connection[Any], table: str) -> bool:
    query = "SELECT to_regclass(format('%%I.%%I', %s::text, %s::text)) IS NOT NULL"
    row = connection.execute(query, [*table.split(".", 1)]).fetchone()
    return bool(row and row[0])


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
