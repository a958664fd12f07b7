"""Everything read again and compared: events with seals, seals with each other, and both with their anchors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from django.utils import timezone
from psycopg import Connection, IsolationLevel

from audit import anchor_files
from audit.anchoring import in_catalog, last_batch_before, last_in_catalog
from audit.batches import Header, Sealed
from audit.comparing import Difference, named
from audit.exceptions import AnchorContradicted
from audit.judging import Batch, Wrong, anchor_faults, is_dropped, judge_events, judge_seal
from audit.keeping import is_kept_long_enough
from audit.models import SealState
from audit.sealer import EVENT, last_seal, sealer, seals
from tenants.binding import CATALOG, bound_to
from tenants.places import Place

EVERY = 50_000
PATIENCE = 20  # seconds: a sealer's next round puts into the catalog what a crash left in the file alone
# An event bears the time at which its transaction began, and none of ours is open for a day: the statement_timeout of
# the roles and the limits of jobs see to it.
LONGEST_TRANSACTION = timedelta(days=1)
IN_FLIGHT = timedelta(
    minutes=5
)  # what was sealed that shortly before a copy may not have been committed in it yet
Say = Callable[[str], None]


@dataclass
class Report:
    """What was found in one database: the first thing that is wrong, in words, or that nothing is.

    `of_anchors_alone`: of a copy, nothing in it is wrong, only the anchors are that it was to be compared with.
    """

    database: str
    events: int = 0
    batches: int = 0
    dropped_batches: int = 0
    unsealed: int = 0
    lag_seconds: float = 0.0
    wrong: str = ""
    of_anchors_alone: bool = False
    difference: Difference | None = None
    compared: dict[str, int] = field(default_factory=lambda: {"seals": 0, "catalog": 0, "file": 0})


def verify_copy(connection: Connection[Any], place: Place, at: datetime, say: Say = lambda _: None) -> Report:
    """The whole log of a copy as of `at`, restored somewhere: `place` is where it was taken. In one transaction.

    Anchors of what was sealed since aren't asked for; those of what was sealed a while before must be in it.
    """
    report = Report(place.database)
    newest = last_seal(connection, place)
    through = max(newest.header.batch if newest else 0, last_batch_before(place.chain, at - IN_FLIGHT))
    catalog, file = (min(end, through) for end in _ends_now(place))
    witnesses = _Witnesses()
    try:
        _compare(connection, place, (catalog, file), _Telling(report, say), witnesses)
        _refuse_events_outside(connection, place, of_a_copy=True)
    except Wrong as wrong:
        report.wrong, report.difference = str(wrong), wrong.difference
    report.of_anchors_alone = not report.wrong
    report.wrong = " ".join(filter(None, [report.wrong, witnesses.trouble]))
    report.unsealed, _lag = _unsealed(connection, place)
    return report


def verify(place: Place, say: Say = lambda _: None) -> Report:
    """Read one database's whole log again. One snapshot, a batch in memory at a time; `say` hears of progress."""
    report = Report(place.database)
    ends = _ends(place)  # before the snapshot: whatever is anchored by then must be in it
    with sealer(place) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            witnesses = _Witnesses()
            try:
                _compare(connection, place, ends, _Telling(report, say), witnesses)
                _refuse_events_outside(connection, place)
            except Wrong as wrong:
                report.wrong, report.difference = str(wrong), wrong.difference
            report.wrong = " ".join(filter(None, [report.wrong, witnesses.trouble]))
            report.unsealed, report.lag_seconds = _unsealed(connection, place)
    return report


def _ends(place: Place) -> tuple[int, int]:
    """The last batches of the catalog's anchors and of the file; the catalog is given time to follow the file."""
    ends = _ends_now(place)
    for _ in range(PATIENCE):
        if ends[0] >= ends[1]:
            break
        sleep(1)
        ends = _ends_now(place)
    return ends


def _ends_now(place: Place) -> tuple[int, int]:
    """The catalog's first: the other way round, a sealer at work could make it seem ahead of the file."""
    catalog, file = last_in_catalog(place.chain), anchor_files.last_in_file(place.chain)
    return (catalog.header.batch if catalog else 0, file.header.batch if file else 0)


class _Witnesses:
    """What is wrong with the anchors alone. It is said, and the search for what is wrong with events goes on."""

    def __init__(self) -> None:
        self.trouble = ""

    def complain(self, says: str) -> None:
        """Only the first is kept: what follows is its consequence."""
        self.trouble = self.trouble or says

    def file(self, place: Place, through: int) -> Iterator[Sealed]:
        """The file, up to a batch or to where it can't be believed any more."""
        try:
            yield from (each for each in anchor_files.read(place.chain) if each.header.batch <= through)
        except AnchorContradicted as fault:
            self.complain(str(fault))


class _Rounds:
    """When the round before was sealed. What a batch holds was not to be found then, so it can't be much older."""

    def __init__(self) -> None:
        self.now: Header | None = None
        self.sealed_before: datetime | None = None

    def earliest(self, batch: Batch) -> datetime | None:
        """When an event of this batch may have begun; None in the first round of an era. Asked of each in turn."""
        header = batch.trusted.header if batch.trusted else None
        if header and header.kind == "events":
            if self.now is None or self.now.era != header.era:
                self.sealed_before = None
            elif self.now.until != header.until:
                self.sealed_before = self.now.sealed_at
            self.now = header
        return self.sealed_before and self.sealed_before - LONGEST_TRANSACTION


class _Telling:
    """Counts what was compared, and says so every fifty thousand events."""

    def __init__(self, report: Report, say: Say) -> None:
        self.report, self.say, self.next = report, say, EVERY

    def compared(self, batch: Batch, *, is_dropped: bool) -> None:
        report = self.report
        for where, found in (("seals", batch.seal), ("catalog", batch.catalog), ("file", batch.file)):
            report.compared[where] += found is not None
        report.batches += 1
        report.dropped_batches += is_dropped
        report.events += 0 if is_dropped or not batch.seal else batch.seal.header.events
        if report.events >= self.next:
            self.say(f"{report.database}: {report.events} events compared")
            self.next = report.events + EVERY


def _compare(
    connection: Connection[Any],
    place: Place,
    ends: tuple[int, int],
    telling: _Telling,
    witnesses: _Witnesses,
) -> None:
    newest = last_seal(connection, place)
    dropped = _dropped(connection, place)
    before: Sealed | None = None
    rounds = _Rounds()
    catalog, file = ends
    streams = (
        seals(connection, place),
        in_catalog(place.chain, catalog),
        witnesses.file(place, file),
    )
    for expected, batch in enumerate(_aligned(*streams), start=1):
        if batch.number != expected:
            raise Wrong(f"Batch {expected} is missing, and so are its anchors.")
        gone = is_dropped(batch, dropped)
        earliest = rounds.earliest(batch)
        if not gone:
            judge_events(connection, batch, earliest)
        judge_seal(place, batch, before)
        for complaint in anchor_faults(batch, ends, newest):
            witnesses.complain(complaint)
        telling.compared(batch, is_dropped=gone)
        before = batch.seal


def _aligned(*streams: Iterator[Sealed]) -> Iterator[Batch]:
    heads = [next(stream, None) for stream in streams]
    while any(heads):
        number = min(head.header.batch for head in heads if head)
        here = [head if head and head.header.batch == number else None for head in heads]
        yield Batch(number, *here)
        heads = [
            next(stream, None) if took else head
            for stream, took, head in zip(streams, here, heads, strict=True)
        ]


def _dropped(connection: Connection[Any], place: Place) -> dict[object, Sealed]:
    """Months that a batch says have ended; that batch is judged in its turn like any other."""
    return {
        each.header.month: each
        for each in seals(connection, place, lists=False)
        if each.header.kind == "drop"
        and is_kept_long_enough(each.header)
        and each.digest == each.header.digest()
    }


def _refuse_events_outside(connection: Connection[Any], place: Place, *, of_a_copy: bool = False) -> None:
    """Every batch was as sealed; an event that belongs to none, and isn't new, was put there.

    A copy may lie on another server, whose transactions are counted otherwise.
    """
    query = f"""
        SELECT {EVENT} FROM audit.event
        WHERE NOT (era = %s AND isfinite(at)
                   AND xid >= coalesce((SELECT max(until) FROM audit.seal WHERE era = event.era), 0)
                   AND (%s OR xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint))
          AND NOT EXISTS (
            SELECT FROM audit.seal
            WHERE kind = 'events' AND ids IS NOT NULL AND seal.era = event.era
              AND seal.month = date_trunc('month', event.at)::date
              AND event.xid >= seal.since AND event.xid < seal.until
              AND event.id > seal.after_id AND event.id <= seal.through_id)
        ORDER BY id LIMIT 1"""  # noqa: S608 - of our own parts
    event = connection.cursor(binary=True).execute(query, [place.era, of_a_copy]).fetchone()
    if event:
        found = named("inserted", event)
        raise Wrong(f"{str(found).capitalize()} where everything was sealed already.", found)


def _unsealed(connection: Connection[Any], place: Place) -> tuple[int, float]:
    """How many events no batch holds yet, and for how many seconds the oldest of them has been there to be sealed."""
    query = """
        SELECT count(*), min(at) FILTER (WHERE isfinite(at)) FROM audit.event
        WHERE xid >= coalesce((SELECT max(until) FROM audit.seal WHERE era = %s), 0)"""
    row = connection.execute(query, [place.era]).fetchone()
    count, oldest = row or (0, None)
    if oldest is None:
        return count, 0.0
    return count, max(0.0, (timezone.now() - _seen(place, oldest)).total_seconds())


def _seen(place: Place, oldest: datetime) -> datetime:
    """`at` is when its transaction began; what the last look didn't find was committed after that."""
    with bound_to(CATALOG):
        state = SealState.objects.filter(database=place.database, oldest_unsealed_at=None, error="").first()
    return max(oldest, state.looked_at) if state else oldest
