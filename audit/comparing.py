"""The events of a batch as they stand now, against what was sealed of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from audit.batches import Sealed, read_marks
from audit.hashing import leaf_of, root_of
from audit.sealer import Values, events_of

ID, ERA, AT, XID, ACTION = range(5)
SUBJECT = 10
HAPPENED = {
    "altered": "was altered",
    "missing": "is missing",
    "inserted": "was inserted",
    "backdated": "was put in later: it is dated before what was sealed already",
}


@dataclass(frozen=True)
class Difference:
    """The first event that isn't as it was: one of HAPPENED. Of a missing one, the id is left."""

    what: str
    id: int
    at: str = ""
    action: str = ""
    subject: str = ""

    def __str__(self) -> str:
        known = f" ({self.at}, {self.action}, {self.subject or 'no subject'})" if self.at else ""
        return f"event {self.id}{known} {HAPPENED[self.what]}"


def difference(
    connection: Connection[Any], sealed: Sealed, earliest: datetime | None = None
) -> Difference | None:
    """The first event of the batch that differs from its marks, None where all are as they were.

    Nor may one be dated before `earliest`. Needs the marks. A batch of up to some thousand events is held in memory.
    """
    events = events_of(connection, sealed.header)
    marks = list(read_marks(sealed.marks or b""))
    leaves = [leaf_of(event) for event in events]
    for index, (id_, mark) in enumerate(marks):
        if index == len(events) or number(events[index]) > id_:
            return Difference("missing", id_)
        if number(events[index]) < id_:
            return named("inserted", events[index])
        if leaves[index][:8] != mark:
            return named("altered", events[index])
    if len(events) > len(marks):
        return named("inserted", events[len(marks)])
    if root_of(leaves) != sealed.header.root:
        return named("altered", events[0])  # with a hash that begins alike: one of this batch's
    return _backdated(events, earliest) if earliest else None


def _backdated(events: list[Values], earliest: datetime) -> Difference | None:
    begins = earliest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()  # as EVENT has it
    old = next((event for event in events if (event[AT] or b"") < begins), None)
    return named("backdated", old) if old else None


def number(event: Values) -> int:
    return int(event[ID] or 0)


def named(what: str, event: Values) -> Difference:
    at, action, subject = ((event[column] or b"").decode() for column in (AT, ACTION, SUBJECT))
    return Difference(what, number(event), at, action, subject)
