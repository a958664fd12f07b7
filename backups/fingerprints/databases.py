"""The fingerprint of a database that stands, within a transaction, whose snapshot it is of."""

from collections.abc import Iterator
from typing import Any

from psycopg import Connection, sql

from backups.fingerprints.digests import Digest, Fingerprint

# As pg_dump has them; `TEXT_OPTIONS` gives pg_dump the two that it leaves to the server.
CANONICAL = """
    SELECT set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
           set_config('DateStyle', 'ISO', true), set_config('IntervalStyle', 'postgres', true),
           set_config('extra_float_digits', '3', true), set_config('search_path', '', true),
           set_config('statement_timeout', '0', true)"""
TEXT_OPTIONS = "-c timezone=UTC -c bytea_output=hex"
TABLES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    ORDER BY nspname COLLATE "C", relname COLLATE "C"
"""
SEQUENCES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'S' AND nspname !~ '^pg_' ORDER BY nspname COLLATE "C", relname COLLATE "C"
"""


def fingerprint(connection: Connection[Any], skip: frozenset[str] = frozenset()) -> Fingerprint:
    """{"schema.table": {"rows", "digest"}, "schema.sequence": {"value", "called"}}.

    `skip` names tables that aren't looked at, as those whose content isn't dumped.
    """
    connection.execute(CANONICAL)
    found: Fingerprint = {}
    for name, table in _tables(connection, skip):
        digest = Digest()
        with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as rows:
            digest.add(rows)
        found[name] = digest.as_dict()
    return found | sequences(connection)


def sequences(connection: Connection[Any]) -> Fingerprint:
    """Where each stands. A sequence is in no snapshot: what is said is of now."""
    found: Fingerprint = {}
    for schema, sequence in connection.execute(SEQUENCES).fetchall():
        query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, sequence))
        value, called = connection.execute(query).fetchone() or (0, False)
        found[f"{schema}.{sequence}"] = {"value": value, "called": called}
    return found


def rows_counted(connection: Connection[Any], skip: frozenset[str] = frozenset()) -> dict[str, int]:
    """How many rows PostgreSQL itself says that each table has."""
    connection.execute(CANONICAL)
    found = {}
    for name, table in _tables(connection, skip):
        query = sql.SQL("SELECT count(*) FROM ONLY {}").format(table)
        [found[name]] = connection.execute(query).fetchone() or (0,)
    return found


def _tables(connection: Connection[Any], skip: frozenset[str]) -> Iterator[tuple[str, sql.Identifier]]:
    for schema, table in connection.execute(TABLES).fetchall():
        name = f"{schema}.{table}"
        if name not in skip:
            yield name, sql.Identifier(schema, table)
