"""The rows of a table as plain values: JSON a line, and a spreadsheet's. What is encrypted, opened."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db.models import Model
from django.utils.duration import duration_iso_string

from backups.exporting.contents import Table
from jobs.spreadsheets import write_lines
from keys.exceptions import KeyShredded

AT_ONCE = 500


def write_json(table: Table, stream: IO[bytes]) -> Iterator[int]:
    """A JSON object a line (UTF-8), by primary key; yields how many rows are written, now and then."""
    names = [field.column for field in table.columns]
    written = 0
    for chunk in _chunks(table):
        for values in _values(table, chunk):
            stream.write(_json(dict(zip(names, values, strict=True))).encode() + b"\n")
        written += len(chunk)
        yield written


def write_csv(table: Table, stream: IO[bytes]) -> Iterator[int]:
    """The same as a spreadsheet, in which nothing is taken for a formula."""
    names = [field.column for field in table.columns]
    lines = ([[*map(_cell, values)] for values in _values(table, chunk)] for chunk in _chunks(table))
    return write_lines(stream, names, lines)


def _chunks(table: Table) -> Iterator[list[Model]]:
    """By primary key: never more than one chunk in memory. What is left out isn't read either."""
    names = [field.attname for field in table.columns]
    by_key = table.model._base_manager.only(*names).order_by("pk")
    chunk = [*by_key[:AT_ONCE]]
    while chunk:
        yield chunk
        chunk = [*by_key.filter(pk__gt=chunk[-1].pk)[:AT_ONCE]]


def _values(table: Table, chunk: list[Model]) -> Iterator[list[object]]:
    for row in chunk:
        yield [_plain(_opened(row, field.attname)) for field in table.columns]


def _opened(row: Model, name: str) -> object:
    """What was shredded is gone for good, for its owner too."""
    try:
        return getattr(row, name)
    except KeyShredded:
        return None


def _plain(value: object) -> object:
    """As JSON can say it, and as it can be read back without loss."""
    for kinds, said in SAID:
        if isinstance(value, kinds):
            return said(value)
    return value


def _moment(value: datetime) -> str:
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()


SAID: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (datetime, _moment),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, duration_iso_string),
    ((UUID, Decimal), str),
    (memoryview, lambda value: b64encode(bytes(value)).decode()),
    ((bytes, bytearray), lambda value: b64encode(value).decode()),
)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _cell(value: object) -> object:
    return _json(value) if isinstance(value, bool | dict | list) else value
