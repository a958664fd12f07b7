"""A log that goes on in a restored database: what the old one wrote after the copy comes along, seals and all.

The chain keeps the name it began with (`Place.chain`), so that its anchors bear witness across the move.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from psycopg import Connection, OperationalError, sql

from audit.anchoring import anchor_pending, last_in_catalog
from audit.batches import COLUMNS, before_the_first
from audit.comparing import difference
from audit.exceptions import AnchorContradicted, LogUnfinished, SealingElsewhere
from audit.sealer import alone, last_seal, sealer, seals
from audit.sealing import oldest_unsealed, seal, seal_era
from tenants.places import Place
from tenants.provisioner import provisioner

EVENT_COLUMNS = (
    *("id", "era", "at", "xid", "action", "outcome", "actor", "request", "ip", "reason"),
    *("subject", "object_id", "before", "after", "masked", "details"),
)
SEAL_COLUMNS = (*COLUMNS, "digest", "ids", "leaves")
LAST_ID = "SELECT last_value FROM audit.event_id"
ROOM = 1_000_000_000  # ids for what the old database writes until it is replaced
PATIENCE = 20.0  # seconds for a sealer that is at work just now


def begin_era(place: Place, old: Place) -> None:
    """In a restored database, before anybody writes: what comes is of its era, with ids beyond the old one's."""
    reached = 0
    with suppress(OperationalError), _owner_of_log(old) as connection:
        reached = _number(connection, LAST_ID, [])
    with _owner_of_log(place) as connection, connection.transaction():
        statement = sql.SQL("ALTER TABLE audit.event ALTER COLUMN era SET DEFAULT {}")
        connection.execute(statement.format(sql.Literal(place.era)))
        reached = max(reached, _number(connection, LAST_ID, []))
        connection.execute("SELECT setval('audit.event_id', %s)", [reached + ROOM])


def seal_to_the_end(place: Place) -> None:
    """Seal and anchor everything; nobody may write there any more. Raises LogUnfinished where that doesn't succeed."""
    until = time.monotonic() + PATIENCE
    with sealer(place) as connection:
        while True:
            try:
                seal(connection, place)
                if oldest_unsealed(connection, place) is None:
                    return
            except SealingElsewhere:
                """It does our work: look again."""
            if time.monotonic() > until:
                raise LogUnfinished(f"The log of {place.database} can't be sealed to its end.")
            time.sleep(0.1)


def carry_over(old: Place, new: Place) -> int:
    """Every event and seal that `old` wrote after the copy that `new` was restored from; how many events.

    All or nothing, and nothing the second time. A copy of a chain that has ended since gives way to the present log.
    """
    with _owner_of_log(old) as source, _owner_of_log(new) as target, target.transaction():
        source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        batch = _last_in_both(source, target)
        if batch is None:
            _empty(target, old.era)
        number = sum(_carry_era(source, target, era) for era in range(1, old.era + 1))
        _copy(source, target, "seal", SEAL_COLUMNS, "batch > {batch}", batch=batch or 0)
    return number


def _carry_era(source: Connection[Any], target: Connection[Any], era: int) -> int:
    """What is sealed in the copy is in the copy; of what wasn't, some is. An old copy lacks whole eras."""
    reached = _number(target, "SELECT coalesce(max(until), 0) FROM audit.seal WHERE era = %s", [era])
    query = "SELECT array_agg(id) FROM audit.event WHERE era = %s AND xid >= %s"
    there = target.execute(query, [era, reached]).fetchone()
    later = "era = {era} AND xid >= {reached} AND id <> ALL ({known}::bigint[])"
    known = (there[0] if there else None) or []
    return _copy(source, target, "event", EVENT_COLUMNS, later, era=era, reached=reached, known=known)


def _last_in_both(source: Connection[Any], target: Connection[Any]) -> int | None:
    """The last batch that the copy holds, 0 where it holds none; None where the present log has another one there."""
    query = "SELECT batch, digest FROM audit.seal ORDER BY batch DESC LIMIT 1"
    last = target.execute(query).fetchone()
    if last is None:
        return 0
    same = source.execute("SELECT digest FROM audit.seal WHERE batch = %s", [last[0]]).fetchone()
    return int(last[0]) if same and same[0] == last[1] else None


def _empty(target: Connection[Any], era: int) -> None:
    """Of everything that came with the copy."""
    target.execute("TRUNCATE audit.seal")
    target.execute("DELETE FROM audit.event WHERE era <= %s", [era])


def _copy(
    source: Connection[Any],
    target: Connection[Any],
    table: str,
    columns: tuple[str, ...],
    which: Any,
    **values: object,
) -> int:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    told = {key: sql.Literal(value) for key, value in values.items()}
    wanted = sql.SQL("COPY (SELECT {} FROM audit.{} WHERE {} ORDER BY 1) TO STDOUT").format(
        names, sql.Identifier(table), sql.SQL(which).format(**told)
    )
    into = sql.SQL("COPY audit.{} ({}) FROM STDIN").format(sql.Identifier(table), names)
    cursor = target.cursor()
    with source.cursor().copy(wanted) as reading, cursor.copy(into) as writing:
        for block in reading:
            writing.write(block)
    return cursor.rowcount


def begin_anew(restored: Place, place: Place) -> None:
    """The log that a lost database had can't be carried over: what was restored of it begins a chain of its own.

    One database, by two names of its chain. What the copy held is proven by the seals that came with it, which are
    read for the last time here. Raises AnchorContradicted where an event isn't as it was sealed. Again, it goes on
    where it was.
    """
    with sealer(place) as connection:
        first = last_seal(connection, place, 1)
    if first is None or first.header.previous != before_the_first(place.chain):
        prove(restored)
        with _owner_of_log(place) as connection, connection.transaction():
            connection.execute("TRUNCATE audit.seal")
    with sealer(place) as connection:
        anchor_pending(connection, place)
        for era, until in _eras_before(connection, place):
            seal_era(connection, place, era, until)
            anchor_pending(connection, place)


def prove(place: Place) -> None:
    """Every event that the restored seals speak of is as it was sealed. Raises AnchorContradicted."""
    with sealer(place) as connection, connection.transaction():
        alone(connection)
        last = last_seal(connection, place)
        for sealed in seals(connection, place):
            if not sealed.is_whole:
                raise AnchorContradicted(f"Batch {sealed.header.batch} isn't as it was sealed.")
            found = None
            if sealed.header.kind == "events" and sealed.marks:
                found = difference(connection, sealed)
            if found:
                raise AnchorContradicted(f"Batch {sealed.header.batch}: {found}.")
        anchored = last_in_catalog(place.chain)
        if last and anchored and anchored.header.batch < last.header.batch:
            raise AnchorContradicted("The copy's log goes beyond what was anchored of it.")


def _eras_before(connection: Connection[Any], place: Place) -> list[tuple[int, int]]:
    query = "SELECT era, max(xid) + 1 FROM audit.event WHERE era < %s GROUP BY era ORDER BY era"
    return connection.execute(query, [place.era]).fetchall()


@contextmanager
def _owner_of_log(place: Place) -> Iterator[Connection[Any]]:
    with provisioner(place.database, place) as connection:
        connection.execute("SET ROLE audit_owner")
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def _number(connection: Connection[Any], query: Any, parameters: list[Any]) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
