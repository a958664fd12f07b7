"""Tables as they stand in a database, and what the log keeps of each of their columns."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Field
from psycopg import Connection

from audit.declaring import declaration_of

# Types that hold no words, by PostgreSQL's own names; an enumeration's are its table's. Every other may.
WORDLESS = {
    *("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "money", "uuid", "enum"),
    *("date", "time", "timetz", "timestamp", "timestamptz", "interval", "inet", "cidr", "macaddr"),
    *("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"),
}
QUERY = """
    SELECT rel.relname, att.attname, format_type(att.atttypid, NULL),
           CASE WHEN word.typtype = 'e' THEN 'enum' WHEN word.typnamespace = 'pg_catalog'::regnamespace
                THEN word.typname ELSE 'unknown' END,
           att.attnum = ANY (coalesce(key.indkey::smallint[], '{}')),
           rel.relkind = 'p' OR EXISTS (SELECT FROM pg_inherits WHERE rel.oid IN (inhrelid, inhparent))
    FROM pg_class AS rel
    JOIN pg_attribute AS att ON att.attrelid = rel.oid AND att.attnum > 0 AND NOT att.attisdropped
        AND att.attgenerated <> 'v' -- triggers don't see what is never stored
    JOIN pg_type AS type ON type.oid = att.atttypid
    JOIN pg_type AS word ON word.oid = CASE WHEN type.typcategory = 'A' THEN type.typelem ELSE type.oid END
    LEFT JOIN pg_index AS key ON key.indrelid = rel.oid AND key.indisprimary
    WHERE rel.relnamespace = 'public'::regnamespace AND rel.relkind IN ('r', 'p') AND NOT rel.relispartition
    ORDER BY rel.relname, att.attnum"""


class Keeps(Enum):
    """What the log keeps of a column's change."""

    VALUES = "values"
    MASKED = "that it changed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Column:
    """`type` is PostgreSQL's name of the type, `word` that of its elements as in WORDLESS, or "unknown"; `is_key` says
    that it is (part of) the primary key.
    """

    name: str
    type: str
    word: str
    keeps: Keeps
    is_key: bool = False


@dataclass(frozen=True)
class Table:
    """`by_row`: it has partitions or heirs, whose rows pass by the triggers of a statement that names another."""

    name: str
    columns: tuple[Column, ...]
    by_row: bool = False

    @property
    def key(self) -> list[Column]:
        return [column for column in self.columns if column.is_key]

    def keeping(self, keeps: Keeps) -> list[Column]:
        return [column for column in self.columns if column.keeps == keeps]


def tables_of(connection: Connection[Any]) -> list[Table]:
    """Every table of the schema public, by name, with its columns in their order."""
    columns: dict[tuple[str, bool], list[Column]] = {}
    for table, name, shown, word, is_key, by_row in connection.execute(QUERY).fetchall():
        columns.setdefault((table, by_row), []).append(
            Column(name, shown, word, keeps(table, name, word, is_key=is_key), is_key)
        )
    return [Table(name, tuple(found), by_row) for (name, by_row), found in columns.items()]


def keeps(table: str, column: str, type_name: str, *, is_key: bool = False) -> Keeps:
    """By declaration, else by the model's field, else by type. A key is always kept: it says which row it was."""
    declared = declaration_of(table)
    if column in declared.ignored:
        return Keeps.NOTHING
    if column in declared.masked:
        return Keeps.MASKED
    if column in declared.plain or is_key:
        return Keeps.VALUES
    return _by_field(_fields().get((table, column)), type_name)


def _by_field(field: "Field[Any, Any] | None", type_name: str) -> Keeps:
    """Duck-typed: encrypted fields and blind indexes live above this app."""
    if getattr(field, "never_logged", False):
        return Keeps.NOTHING
    is_harmless = type_name in WORDLESS or getattr(field, "is_ciphertext", False)
    has_choices = field is not None and field.choices is not None
    return Keeps.VALUES if is_harmless or has_choices else Keeps.MASKED


@cache
def _fields() -> dict[tuple[str, str], "Field[Any, Any]"]:
    return {
        (model._meta.db_table, field.column): field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }
