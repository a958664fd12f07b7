"""The log of whoever is bound, read through its own door."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

READ = """
    SELECT action, subject, object_id, before, after, masked, actor, request, host(ip), reason
    FROM activity_api.read(1000) WHERE id > %s ORDER BY id"""


@dataclass(frozen=True)
class Event:
    """One event as it stands in the log."""

    action: str
    subject: str | None
    object_id: str | None
    before: Any = None
    after: Any = None
    masked: list[str] | None = None
    actor: str = "test"
    request: str | None = None
    ip: str | None = None
    reason: str | None = None


def run(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """On Django's own connection; what it gives back, if anything."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


def newest() -> int:
    """The number of the newest event, or 0."""
    return max((number for (number,) in run("SELECT id FROM activity_api.read(1)")), default=0)


def events(after: int = 0) -> list[Event]:
    """Oldest first."""
    return [_event(*row) for row in run(READ, after)]


def _event(action: str, subject: str, object_id: str, before: str, after: str, *rest: Any) -> Event:
    """Django hands jsonb over as text. Numbers keep all their digits."""
    was, became = (text and json.loads(text, parse_float=Decimal) for text in (before, after))
    return Event(action, subject, object_id, was, became, *rest)


@contextmanager
def new_events() -> Iterator[list[Event]]:
    """What the block leaves in the log stands in the list once it has ended."""
    start = newest()
    found: list[Event] = []
    yield found
    found += events(start)


@contextmanager
def nothing_logged() -> Iterator[None]:
    with new_events() as found:
        yield
    assert found == []
