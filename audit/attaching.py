"""Triggers put on tables, taken off exempt ones, and compared with what they should be."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import Connection, sql

from audit.declaring import exemptions
from audit.functions import function_source, settings_of
from audit.tables import Table, tables_of

TRIGGERS = {
    "logged_update": "AFTER UPDATE ON {table} FOR EACH ROW WHEN (OLD.* *<> NEW.*)",
    "logged_truncate": "AFTER TRUNCATE ON {table} FOR EACH STATEMENT",
}
BY_ROW = TRIGGERS | {
    "logged_insert": "AFTER INSERT ON {table} FOR EACH ROW",
    "logged_delete": "AFTER DELETE ON {table} FOR EACH ROW",
}
BY_STATEMENT = TRIGGERS | {
    "logged_insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS rows FOR EACH STATEMENT",
    "logged_delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS rows FOR EACH STATEMENT",
}
HUNG = """
    SELECT trg.tgname
    FROM pg_trigger AS trg
    JOIN pg_proc AS fn ON fn.oid = trg.tgfoid AND fn.pronamespace = 'audit'::regnamespace
    WHERE trg.tgrelid = to_regclass(format('public.%%I', %s::text)) AND NOT trg.tgisinternal"""
FOUND = """
    SELECT rel.relname, fn.prosrc, fn.proconfig,
           array_agg(concat_ws(' ', trg.tgname, trg.tgenabled, trg.tgtype, nullif(trg.tgattr::text, ''),
                               substring(pg_get_triggerdef(trg.oid) FROM 'WHEN .*(?= EXECUTE)')) ORDER BY trg.tgname)
    FROM pg_trigger AS trg
    JOIN pg_class AS rel ON rel.oid = trg.tgrelid
    JOIN pg_proc AS fn ON fn.oid = trg.tgfoid AND fn.pronamespace = 'audit'::regnamespace AND fn.prosecdef
        AND fn.proowner = 'audit_owner'::regrole AND fn.proname = rel.relname
    WHERE rel.relnamespace = 'public'::regnamespace AND NOT trg.tgisinternal
    GROUP BY rel.relname, fn.prosrc, fn.proconfig"""
RIGHT = ["logged_truncate A 32", "logged_update A 17 WHEN ((old.* *<> new.*))"]
RIGHT_BY_ROW = ["logged_delete A 9", "logged_insert A 5", *RIGHT]
RIGHT_BY_STATEMENT = ["logged_delete A 8", "logged_insert A 4", *RIGHT]


class Found(NamedTuple):
    """The function of a table and the triggers that call it."""

    source: str
    settings: list[str]
    triggers: list[str]


def attach_all(connection: Connection[Any], owner: str) -> None:
    """Attach every table of the schema public that isn't exempt, where anything differs; `connection` may SET ROLE."""
    for table, fault in faults(connection).items():
        if fault:
            (detach if table.name in exemptions() else attach)(connection, table, owner)


def attach(connection: Connection[Any], table: Table, owner: str) -> None:
    """Generate the function of `table`, as audit_owner's, and hang it on the table, as its owner. All or nothing."""
    function = sql.Identifier("audit", table.name)
    with connection.transaction():
        connection.execute("SET LOCAL ROLE audit_owner")
        connection.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {} AS {}"
            ).format(function, _settings(table), sql.Literal(function_source(table)))
        )
        connection.execute(sql.SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(function))
        connection.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION {}() TO {}").format(function, sql.Identifier(owner))
        )
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        _take_down(connection, table)
        for name, when in (BY_ROW if table.by_row else BY_STATEMENT).items():
            _hang(connection, table, name, when)


def _settings(table: Table) -> sql.Composable:
    return sql.SQL(" ").join(
        sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.SQL(value))
        for name, value in settings_of(table).items()
    )


def _hang(connection: Connection[Any], table: Table, name: str, when: str) -> None:
    """ENABLE ALWAYS: a session that plays the replica (session_replication_role) fires it, too."""
    parts = {"table": sql.Identifier("public", table.name), "function": sql.Identifier("audit", table.name)}
    text = f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {{function}}()"
    connection.execute(sql.SQL(text).format(**parts))
    always = f"ALTER TABLE {{table}} ENABLE ALWAYS TRIGGER {name}"
    connection.execute(sql.SQL(always).format(**parts))


def detach(connection: Connection[Any], table: Table, owner: str) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        _take_down(connection, table)


def _take_down(connection: Connection[Any], table: Table) -> None:
    """Whatever calls a function of the log, under whichever name."""
    for (name,) in connection.execute(HUNG, [table.name]).fetchall():
        parts = {"name": sql.Identifier(name), "table": sql.Identifier("public", table.name)}
        connection.execute(sql.SQL("DROP TRIGGER {name} ON {table}").format(**parts))


def faults(connection: Connection[Any]) -> dict[Table, str]:
    """Every table with what is wrong about its logging in words; empty where it is as it should be."""
    found = {name: Found(*rest) for name, *rest in connection.execute(FOUND).fetchall()}
    return {table: _fault(table, found.get(table.name)) for table in tables_of(connection)}


def _fault(table: Table, found: Found | None) -> str:
    if table.name in exemptions():
        return "It is exempt, and yet logged." if found else ""
    if found is None:
        return "It is neither logged nor exempt."
    if found.source != function_source(table):
        return "Its columns are not those of its function."
    if found.settings != [f"{name}={value}" for name, value in settings_of(table).items()]:
        return "Its function has other settings than ours."
    right = RIGHT_BY_ROW if table.by_row else RIGHT_BY_STATEMENT
    return "" if found.triggers == right else "Its triggers are not on, or not all there."


def faults_in_words(connection: Connection[Any]) -> Iterator[str]:
    """A sentence for each table whose logging isn't right."""
    for table, fault in faults(connection).items():
        if fault:
            yield f"{table.name}: {fault}"
