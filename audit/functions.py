"""The trigger function of one table, generated: each column by its own name and type."""

from audit.tables import Column, Keeps, Table

UNEQUAL = {"json": "::text", "xml": "::text", "point": "::text"}  # types without =
PIECE = 50  # columns in one jsonb_build_object: PostgreSQL takes 100 arguments

FUNCTION = """
DECLARE
    context CONSTANT jsonb := nullif(current_setting('amana.ctx', true), '');
    was jsonb;
    became jsonb;
    hidden text[];
BEGIN
    IF (context ->> 'at' = extract(epoch FROM now())::text AND context ? 'actor') IS NOT TRUE THEN
        PERFORM audit.context(); -- says what is wrong
    END IF;
    IF TG_OP = 'INSERT' THEN
        became := {new_values};
        hidden := {new_hidden};
    ELSIF TG_OP = 'UPDATE' THEN
{differences}
        IF became IS NULL AND hidden IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        was := {old_values};
        hidden := {old_hidden};
    END IF;
    INSERT INTO audit.event (action, actor, request, ip, reason, subject, object_id, before, after, masked)
    VALUES (lower(TG_OP), context ->> 'actor', context ->> 'request', (context ->> 'ip')::inet, context ->> 'reason',
            {table}, CASE TG_OP WHEN 'INSERT' THEN {new_key} WHEN 'TRUNCATE' THEN NULL ELSE {old_key} END,
            was, became, hidden);
    RETURN NULL;
END
"""


def function_source(table: Table) -> str:
    """The body of the PL/pgSQL function that logs `table`."""
    return FUNCTION.format(
        table=literal(table.name),
        new_values=_values(table, "NEW"),
        old_values=_values(table, "OLD"),
        new_hidden=_hidden(table, "NEW"),
        old_hidden=_hidden(table, "OLD"),
        new_key=_key(table, "NEW"),
        old_key=_key(table, "OLD"),
        differences="\n".join(_difference(column) for column in table.columns),
    )


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
    if column.keeps == Keeps.NOTHING:
        return f"        -- {identifier(column.name)} leaves nothing"
    then = [f"hidden := array_append(hidden, {literal(column.name)});"]
    if column.keeps == Keeps.VALUES:
        name = literal(column.name)
        then = [
            f"was := coalesce(was, '{{}}') || jsonb_build_object({name}, {value(column, 'OLD')});",
            f"became := coalesce(became, '{{}}') || jsonb_build_object({name}, {value(column, 'NEW')});",
        ]
    cast = UNEQUAL.get(column.type, "")
    old, new = (f"{row}.{identifier(column.name)}{cast}" for row in ("OLD", "NEW"))
    return f"        IF {old} IS DISTINCT FROM {new} THEN {' '.join(then)} END IF;"


def _key(table: Table, row: str) -> str:
    """The primary key as text; of several columns, each as jsonb has it, with a comma between them."""
    return " || ',' || ".join(f"{row}.{identifier(name)}::text" for name in table.key) or "NULL"


def value(column: Column, row: str) -> str:
    """Bytes as base64, everything else as JSON has it."""
    name = f"{row}.{identifier(column.name)}"
    return f"encode({name}, 'base64')" if column.type == "bytea" else name


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
