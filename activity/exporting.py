"""The log as a file: a spreadsheet's (CSV, RFC 4180, UTF-8 with a byte order mark), or a JSON object a line."""

import csv
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import IO, Any

from activity.changing import is_ciphertext
from activity.telling import Line, told
from audit.reading import Event, Only, read
from jobs.spreadsheets import harmless

FORMATS = ("csv", "jsonl")
COLUMNS = (
    "id",
    "at",
    "actor",
    "name",
    "action",
    "outcome",
    "sentence",
    "table",
    "record",
    "before",
    "after",
    "masked",
    "details",
    "reason",
    "request",
    "ip",
)
AT_ONCE = 1000
ENCRYPTED = "encrypted"


def write_events(form: str, only: Only, stream: IO[bytes]) -> Iterator[int]:
    """Write all events that `only` asks for, newest first; yields how many are written, now and then."""
    if form == "csv":
        stream.write(BOM_UTF8)
    text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    write = _spreadsheet(text) if form == "csv" else _lines(text)
    written = 0
    for events in _batches(only):
        for line in told(events, None):
            write(_row(line))
        written += len(events)
        yield written
    text.detach()


def _batches(only: Only) -> Iterator[list[Event]]:
    """By id: what is added meanwhile isn't in it, and nothing that was there is met twice or missed."""
    events = read(AT_ONCE, **only)
    while events:
        yield events
        events = read(AT_ONCE, before_id=events[-1].id, **only)


def _row(line: Line) -> dict[str, Any]:
    """Names of records that not everybody may know aren't in it: who fetches the file isn't known here."""
    event = line.event
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "name": line.actor.name,
        "action": event.action,
        "outcome": event.outcome,
        "sentence": line.sentence,
        "table": event.subject,
        "record": event.object_id,
        "before": _kept(event, dict(event.before)),
        "after": _kept(event, dict(event.after)),
        "masked": list(event.masked),
        "details": dict(event.details),
        "reason": event.reason,
        "request": event.request,
        "ip": event.ip,
    }


def _kept(event: Event, values: dict[str, Any]) -> dict[str, Any]:
    return {
        column: ENCRYPTED if value is not None and is_ciphertext(event.subject, column) else value
        for column, value in values.items()
    }


def _spreadsheet(text: TextIOWrapper) -> Callable[[dict[str, Any]], object]:
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    return lambda row: writer.writerow([harmless(_cell(row[column])) for column in COLUMNS])


def _lines(text: TextIOWrapper) -> Callable[[dict[str, Any]], object]:
    return lambda row: text.write(json.dumps(row, ensure_ascii=False) + "\n")


def _cell(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)
