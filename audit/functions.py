"""The trigger function of one table, generated: each column by its own name and type."""

from psycopg import sql

from audit.tables import Column, Keeps, Table

# Types of which two values are equal only where they are the same. Of others = may mean less (1 day = 24 hours) or be
# missing (json): those are compared byte by byte.
EXACT = {
    "bigint",
    "boolean",
    "bytea",
    "date",
    "integer",
    "jsonb",
    "numeric",
    "smallint",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "uuid",
}
TEXTS = {"character varying", "text"}  # as bytes, whatever their collation calls equal
# Types that are told in the same words whatever a session prefers (DateStyle, extra_float_digits …).
SETTLED = EXACT | TEXTS | {"character", "cidr", "inet", "json", "text[]"}
SETTINGS = {"search_path": "pg_catalog, pg_temp"}
STYLES = {"DateStyle": "ISO, MDY", "IntervalStyle": "postgres", "extra_float_digits": "1"}
PLAIN_KEYS = {"bigint", "character varying", "integer", "smallint", "text", "uuid"}
PIECE = 50  # columns in one jsonb_build_object: PostgreSQL takes 100 arguments

EVENT = """INSERT INTO audit.event (action, actor, request, ip, reason, subject, object_id, before, after, masked)
        SELECT {action}, context ->> 'actor', context ->> 'request', (context ->> 'ip')::inet, context ->> 'reason',
               {table}, {key}, {before}, {after}, {hidden}{source};"""
UNTOLD = {"key": "NULL", "before": "NULL", "after": "NULL", "hidden": "NULL", "source": ""}

# Inserts and deletes come a statement at a time, its rows in the transition table `rows`; updates a row at a time.
FUNCTION = """
#variable_conflict use_variable
DECLARE
    context CONSTANT jsonb := nullif(current_setting('amana.ctx', true), '');
    was jsonb;
    became jsonb;
    hidden text[];
BEGIN
    IF (context ->> 'at' = extract(epoch FROM now())::text AND context ? 'actor') IS NOT TRUE THEN
        IF TG_LEVEL = 'STATEMENT' AND TG_OP <> 'TRUNCATE' THEN
            IF NOT EXISTS (SELECT FROM rows) THEN
                RETURN NULL;
            END IF;
        END IF;
        PERFORM audit.context(now()); -- says what is wrong
    END IF;
    IF TG_OP = 'INSERT' THEN
        {inserted}
    ELSIF TG_OP = 'DELETE' THEN
        {deleted}
    ELSIF TG_OP = 'TRUNCATE' THEN
        {truncated}
    ELSE
{differences}
        IF became IS NULL AND hidden IS NULL THEN
            RETURN NULL;
        END IF;
        {updated}
    END IF;
    RETURN NULL;
END
"""


def function_source(table: Table) -> str:
    """The body of the PL/pgSQL function that logs `table`."""
    return FUNCTION.format(
        inserted=_of_rows(table, "insert", "NEW"),
        deleted=_of_rows(table, "delete", "OLD"),
        truncated=_event(table, "truncate"),
        updated=_event(
            table, "update", key=_key(table, "OLD"), before="was", after="became", hidden="hidden"
        ),
        differences="\n".join(
            _difference(column) for column in table.columns if column.keeps != Keeps.NOTHING
        ),
    )


def _event(table: Table, action: str, **told: str) -> str:
    return EVENT.format(action=literal(action), table=literal(table.name), **(UNTOLD | told))


def _of_rows(table: Table, action: str, row: str) -> str:
    """An event for each row of the statement; for the one row there is, where the trigger is called for each."""
    source = f"(SELECT {row}.*) AS rows" if table.by_row else "rows"
    values = "after" if row == "NEW" else "before"
    told = {"key": _key(table, "rows"), values: _values(table, "rows"), "hidden": _hidden(table, "rows")}
    return _event(table, action, **told, source=f" FROM {source}")


def _values(table: Table, row: str) -> str:
    kept = table.keeping(Keeps.VALUES)
    pieces = [kept[start : start + PIECE] for start in range(0, len(kept), PIECE)]
    return " || ".join(_object(piece, row) for piece in pieces) or "NULL"


def _object(columns: list[Column], row: str) -> str:
    pairs = (f"{literal(column.name)}, {value(column, row)}" for column in columns)
    return f"jsonb_build_object({', '.join(pairs)})"


def _hidden(table: Table, row: str) -> str:
    """The masked columns that hold something."""
    cases = (
        f"CASE WHEN {row}.{identifier(column.name)} IS NOT NULL THEN {literal(column.name)} END"
        for column in table.keeping(Keeps.MASKED)
    )
    listed = ", ".join(cases)
    return f"nullif(array_remove(ARRAY[{listed}], NULL), '{{}}')" if listed else "NULL"


def _difference(column: Column) -> str:
    then = [f"hidden := array_append(hidden, {literal(column.name)});"]
    if column.keeps == Keeps.VALUES:
        then = [_added("was", column, "OLD"), _added("became", column, "NEW")]
    return f"        IF {_differs(column)} THEN {' '.join(then)} END IF;"


def _added(variable: str, column: Column, row: str) -> str:
    """A column more in an object; where it is the first, nothing is copied."""
    made = f"jsonb_build_object({literal(column.name)}, {value(column, row)})"
    return f"{variable} := CASE WHEN {variable} IS NULL THEN {made} ELSE {variable} || {made} END;"


def _differs(column: Column) -> str:
    old, new = (f"{row}.{identifier(column.name)}" for row in ("OLD", "NEW"))
    if column.type in TEXTS:
        return f'{old} COLLATE "C" IS DISTINCT FROM {new} COLLATE "C"'
    return (
        f"{old} IS DISTINCT FROM {new}"
        if column.type in EXACT
        else f"record_image_ne(ROW({old}), ROW({new}))"
    )


def _key(table: Table, row: str) -> str:
    """The primary key as text; of several columns, as a JSON array: no two rows share one."""
    names = [f"{row}.{identifier(column.name)}" for column in table.key]
    if len(names) > 1:
        return f"jsonb_build_array({', '.join(names)})::text"
    if not names:
        return "NULL"
    return f"{names[0]}::text" if table.key[0].type in PLAIN_KEYS else f"to_jsonb({names[0]}) #>> '{{}}'"


def value(column: Column, row: str) -> str:
    """Bytes as base64 and json as it was written (jsonb can't hold all of it), everything else as jsonb has it."""
    name = f"{row}.{identifier(column.name)}"
    return {"bytea": f"encode({name}, 'base64')", "json": f"{name}::text"}.get(column.type, name)


def settings_of(table: Table) -> dict[str, str]:
    """What the function of `table` sets while it runs."""
    told = [column for column in table.columns if column.keeps == Keeps.VALUES or column.is_key]
    return SETTINGS if all(column.type in SETTLED for column in told) else SETTINGS | STYLES


def identifier(name: str) -> str:
    return sql.Identifier(name).as_string()


def literal(text: str) -> str:
    """The same under every setting of standard_conforming_strings, which a session may change."""
    return sql.Literal(text).as_string().strip()
