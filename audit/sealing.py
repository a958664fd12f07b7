"""Sealing one database's log: batches of what is finished, each chained to the one before, then anchored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import groupby, islice
from typing import Any, NamedTuple

from psycopg import Connection

from audit.anchoring import anchor_pending, last_in_catalog
from audit.batches import COLUMNS, HIGHEST, LOWEST, Header, Sealed, before_the_first, marks_of
from audit.comparing import AT, number
from audit.exceptions import SealingElsewhere
from audit.hashing import NOTHING, leaf_of, root_of
from audit.keeping import drop_month, ended_months, keep_months
from audit.sealer import EVENT, Values, alone, last_seal
from tenants.places import Place

BATCH = 5000  # events: what is held in memory at once, and the row of a seal stays below a megabyte
INSERT = f"""
    INSERT INTO audit.seal ({", ".join(COLUMNS)}, digest, ids, leaves)
    VALUES ({", ".join("%s" for _ in COLUMNS)}, %s, %s, %s)
"""  # noqa: S608 - of our own parts
Leaves = list[tuple[int, bytes]]


class Which(NamedTuple):
    """Which events a batch is about: fields of its header."""

    kind: str
    era: int
    month: date
    since: int
    until: int
    after_id: int
    through_id: int


@dataclass(frozen=True)
class Sealing:
    """What came of one look at a database."""

    batches: int
    oldest_unsealed_at: datetime | None
    strays: int


def seal(connection: Connection[Any], place: Place) -> Sealing:
    """Seal and anchor whatever is finished, and keep the months. Raises SealError; what was begun is gone on with."""
    strays = keep_months(connection)
    anchor_pending(connection, place)
    made = seal_events(connection, place)
    if made:
        anchor_pending(connection, place)
    for month in ended_months(connection):
        made += _end(connection, place, month)
    return Sealing(made, oldest_unsealed(connection, place), strays)


def seal_events(connection: Connection[Any], place: Place) -> int:
    """Batches of all events whose transactions have ended since the last one, in one transaction; how many."""
    with connection.transaction():
        alone(connection)
        last = last_seal(connection, place)
        _refuse_to_run_ahead(place, last)
        since = _reached(connection, place.era)
        until = _number(connection, "SELECT audit.horizon(%s)", since)
        return _seal_between(connection, place, last, (place.era, since, until))


def seal_era(connection: Connection[Any], place: Place, era: int, until: int) -> int:
    """Batches of an ended era, of its events below a transaction id: a restored log whose chain begins anew."""
    with connection.transaction():
        alone(connection)
        last = last_seal(connection, place)
        _refuse_to_run_ahead(place, last)
        since = _reached(connection, era)
        return _seal_between(connection, place, last, (era, since, until)) if since < until else 0


def _seal_between(
    connection: Connection[Any], place: Place, last: Sealed | None, which: tuple[int, int, int]
) -> int:
    """Of one era's events, from one transaction id up to another."""
    made = 0
    for batch, leaves in _batches(connection, *which):
        last = _sealed(place, last, batch, leaves)
        _insert(connection, last, leaves)
        made += 1
    return made


def _refuse_to_run_ahead(place: Place, last: Sealed | None) -> None:
    """One round at a time waits for its anchors: two would look as if those of the first had been taken away."""
    anchored = last_in_catalog(place.chain)
    if last and (anchored is None or anchored.header.batch < last.header.batch):
        raise SealingElsewhere("Another sealer has yet to anchor what it sealed.")


def _end(connection: Connection[Any], place: Place, month: date) -> int:
    """Announce that a month's retention has ended, have it anchored, then drop it."""
    made = 0
    query = "SELECT count(*) FROM audit.seal WHERE kind = 'drop' AND month = %s"
    if not _number(connection, query, month):
        with connection.transaction():
            alone(connection)
            reached = _reached(connection, place.era)
            last = last_seal(connection, place)
            said = _sealed(place, last, Which("drop", place.era, month, reached, reached, 0, 0), [])
            _insert(connection, said, [])
        made = anchor_pending(connection, place)
    drop_month(connection, month)
    return made


def oldest_unsealed(connection: Connection[Any], place: Place) -> datetime | None:
    """When the oldest event that no batch holds was written; None where all are sealed."""
    query = "SELECT min(at) FROM audit.event WHERE xid >= %s AND isfinite(at)"
    row = connection.execute(query, [_reached(connection, place.era)]).fetchone()
    return row[0] if row else None


def _reached(connection: Connection[Any], era: int) -> int:
    """Every event of `era` below this transaction id is sealed."""
    query = "SELECT coalesce((SELECT until FROM audit.seal WHERE era = %s ORDER BY until DESC LIMIT 1), 0)"
    return _number(connection, query, era)


def _number(connection: Connection[Any], query: Any, *parameters: object) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0


def _batches(connection: Connection[Any], era: int, since: int, until: int) -> Iterator[tuple[Which, Leaves]]:
    """The first of a month has no lower bound of ids, its last no upper one."""
    query = f"""
        SELECT {EVENT} FROM audit.event
        WHERE era = %s AND xid >= %s AND xid < %s AND isfinite(at)
        ORDER BY date_trunc('month', at), id"""  # noqa: S608 - of our own parts
    with connection.cursor("events", binary=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute(query, [era, since, until])
        for month, events in groupby(cursor, key=_month):
            for after, through, leaves in _chunks((number(each), leaf_of(each)) for each in events):
                yield Which("events", era, month, since, until, after, through), leaves


def _chunks(leaves: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, int, Leaves]]:
    left = iter(leaves)
    after, chunk = LOWEST, list(islice(left, BATCH))
    while chunk:
        following = list(islice(left, BATCH))
        through = chunk[-1][0] if following else HIGHEST
        yield after, through, chunk
        after, chunk = through, following


def _month(event: Values) -> date:
    return datetime.strptime((event[AT] or b"")[:7].decode(), "%Y-%m").replace(tzinfo=UTC).date()


def _sealed(place: Place, last: Sealed | None, which: Which, leaves: Leaves) -> Sealed:
    """The next batch of a database, after `last`."""
    hashes = [leaf for _, leaf in leaves]
    marks = marks_of((id_ for id_, _ in leaves), hashes)
    header = Header(
        database=place.chain,
        batch=last.header.batch + 1 if last else 1,
        **which._asdict(),
        events=len(leaves),
        root=root_of(hashes) if leaves else NOTHING,
        marks_digest=sha256(marks).digest(),
        previous=last.digest if last else before_the_first(place.chain),
        sealed_at=datetime.now(UTC),
    )
    return Sealed(header, header.digest(), marks)


def _insert(connection: Connection[Any], sealed: Sealed, leaves: Leaves) -> None:
    values = [getattr(sealed.header, name) for name in COLUMNS]
    ids, hashes = [id_ for id_, _ in leaves], b"".join(leaf for _, leaf in leaves)
    connection.execute(INSERT, [*values, sealed.digest, ids, hashes])
