"""What is in a database, as numbers that a restored one must give again: rows and content of each table, sequences.

A table's digest is the sum of the SHA-256 of its rows (as four 64-bit numbers, modulo 2^64 each; Bellare and
Micciancio's AdHash): the order of rows doesn't matter, one changed byte does. A row is hashed as PostgreSQL's text of
all its columns in the order of their names, under settings that make that text the same on every server.
"""

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Connection, sql

Fingerprint = dict[str, dict[str, Any]]

CANONICAL = """
    SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true),
           set_config('IntervalStyle', 'iso_8601', true), set_config('extra_float_digits', '1', true),
           set_config('bytea_output', 'hex', true), set_config('search_path', 'pg_catalog', true),
           set_config('statement_timeout', '0', true), set_config('jit', 'off', true)"""
TABLES = """
    SELECT nspname, relname,
           ARRAY(SELECT attname FROM pg_attribute
                 WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C")
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'm') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    ORDER BY nspname COLLATE "C", relname COLLATE "C"
"""
SEQUENCES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'S' AND nspname !~ '^pg_' ORDER BY nspname COLLATE "C", relname COLLATE "C"
"""
# Eight bytes as a signed number, byte by byte: twice as quick as by way of hexadecimal text.
EIGHT = " | ".join(
    f"(get_byte(digest, {{start}} + {place})::bigint << {56 - 8 * place})" for place in range(8)
)
PIECES = sql.SQL(", ").join(
    sql.SQL(f"coalesce(mod(sum({EIGHT}), 18446744073709551616), 0)::text").format(start=sql.Literal(start))
    for start in (0, 8, 16, 24)
)


def fingerprint(
    connection: Connection[Any],
    skip: frozenset[str] = frozenset(),
    tell: Callable[[str], None] = lambda _: None,
) -> Fingerprint:
    """Within the connection's transaction, whose snapshot it is of: {"schema.table": {"rows", "digest"}, …}.

    A sequence is {"value", "called"}. `skip` names tables whose content isn't dumped; `tell` hears each name.
    """
    connection.execute(CANONICAL)
    found: Fingerprint = {}
    for schema, table, columns in connection.execute(TABLES).fetchall():
        name = f"{schema}.{table}"
        tell(name)
        if name not in skip:
            rows, digest = _content(connection, schema, table, columns)
            found[name] = {"rows": rows, "digest": digest}
    for schema, sequence in connection.execute(SEQUENCES).fetchall():
        query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, sequence))
        value, called = connection.execute(query).fetchone() or (0, False)
        found[f"{schema}.{sequence}"] = {"value": value, "called": called}
    return found


def _content(connection: Connection[Any], schema: str, table: str, columns: list[str]) -> tuple[int, str]:
    query = sql.SQL("""
        SELECT count(*), {pieces}
        FROM (SELECT sha256(convert_to(ROW({columns})::text, 'UTF8')) AS digest
              FROM ONLY {table} {once}) AS rows""").format(
        pieces=PIECES,
        once=sql.SQL(
            "OFFSET 0"
        ),  # else the planner pulls it up, and each row is hashed for each of its pieces
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(schema, table),
    )
    count, *pieces = connection.execute(query).fetchone() or (0, *"0000")
    return count, "-".join(pieces)


def differences(expected: Fingerprint, found: Fingerprint) -> Iterator[str]:
    """Each table or sequence that isn't the same, named, with both figures."""
    for name in sorted(expected.keys() | found.keys()):
        one, other = expected.get(name), found.get(name)
        if one == other:
            continue
        if other is None:
            yield f"{name} is missing"
        elif one is None:
            yield f"{name} is there and shouldn't be"
        elif one.get("rows") != other.get("rows"):
            yield f"{name} has {other.get('rows')} rows and not {one.get('rows')}"
        elif "value" in one:
            yield f"{name} stands at {other.get('value')} and not at {one.get('value')}"
        else:
            yield f"{name} has as many rows, and other content"
