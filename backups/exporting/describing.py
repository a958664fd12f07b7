"""What lies beside the data of an export: a README, and what each column is. English, as all that is kept."""

from typing import Any

from django.db.models import Field
from django.utils import translation
from django.utils.encoding import force_str

from backups.exporting.contents import LEFT_OUT, Table
from keys.fields import EncryptedField

TYPES = {
    **dict.fromkeys(
        ("AutoField", "BigAutoField", "IntegerField", "SmallIntegerField", "BigIntegerField"), "integer"
    ),
    **dict.fromkeys(
        ("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), "integer, 0 or more"
    ),
    "BooleanField": "true or false",
    "DateTimeField": "moment (ISO 8601, UTC)",
    "DateField": "day (ISO 8601)",
    "TimeField": "time of day (ISO 8601)",
    "DurationField": "duration (ISO 8601)",
    "DecimalField": "decimal number, as text",
    "FloatField": "number",
    "UUIDField": "UUID",
    "JSONField": "JSON",
    "BinaryField": "bytes (base64)",
}
README = """\
All data of {tenant}, exported from Amana
as of {at}

records/NAME.jsonl   every row of the table NAME: a JSON object a line, UTF-8. This is the exact data.
records/NAME.csv     the same as a spreadsheet (RFC 4180, UTF-8 with a byte order mark). A cell that a spreadsheet
                     would calculate has an apostrophe before it, which the .jsonl hasn't.
fields.json          for each table its columns: type, meaning, what they refer to; and which were left out, and why.
activity.jsonl       the activity log, newest first: who did what, when and why. Values that people typed are masked
                     in the log itself, and so they are here.
activity.csv         the same as a spreadsheet.
files.tar            the files that were uploaded, with their folders; empty where there are none.
contents.json        how many bytes each of these has and their SHA-256, and how many rows.

Moments are in UTC (ISO 8601), identifiers are UUIDs, amounts are decimal numbers written as text, bytes are base64,
null is "nothing there". What stands encrypted in our database is in plain here. What was destroyed on purpose
(shredded) is null: nobody can read it any more.

Never in an export, since whoever had them could sign in as somebody: password hashes, keys of second factors, recovery
codes, sessions, and whatever links and tickets are recognised by. People set a new password elsewhere.

This file was encrypted to the key that was named when it was asked for. Keep it as you keep the data itself.
"""


def readme(tenant: str, at: str) -> str:
    return README.format(tenant=tenant, at=at)


def describe(tables: list[Table]) -> dict[str, Any]:
    """As `fields.json` has it."""
    with translation.override("en"):
        return {
            "tables": {table.name: _table(table) for table in tables},
            "left_out": dict(LEFT_OUT),
        }


def _table(table: Table) -> dict[str, Any]:
    return {
        "what": force_str(table.model._meta.verbose_name),
        "key": table.model._meta.pk.column,
        "columns": {field.column: _column(field) for field in table.columns},
        "left_out": dict(table.left_out),
    }


def _column(field: "Field[object, object]") -> dict[str, Any]:
    target = field.related_model
    said: dict[str, Any] = {
        "type": "text or JSON" if isinstance(field, EncryptedField) else _type(field),
        "means": force_str(field.verbose_name),
        "may_be_null": field.null,
        "explanation": force_str(field.help_text),
        "choices": {str(value): force_str(label) for value, label in field.flatchoices} or None,
        "refers_to": target._meta.db_table if target and not isinstance(target, str) else None,
        "encrypted_in_our_database": isinstance(field, EncryptedField) or None,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def _type(field: "Field[object, object]") -> str:
    """As it is written in the .jsonl; of what refers to another table, as that one's key."""
    while field.related_model and hasattr(field, "target_field"):
        field = field.target_field
    return TYPES.get(field.get_internal_type(), "text")
