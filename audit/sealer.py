"""amana_sealer's connections, and what it reads: events in their canonical form, and seals."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from audit.batches import COLUMNS, Header, Sealed, marks_of, split_leaves
from audit.exceptions import SealerMissing, SealingElsewhere
from tenants.places import Place

OPTIONS = "-c lock_timeout=2s -c TimeZone=UTC -c statement_timeout=0"
# Every column of an event as text in UTF-8, whatever the session's settings. A new column is appended.
EVENT: LiteralString = """
    convert_to(id::text, 'UTF8'), convert_to(era::text, 'UTF8'),
    convert_to(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'),
    convert_to(xid::text, 'UTF8'), convert_to(action, 'UTF8'), convert_to(outcome, 'UTF8'),
    convert_to(actor, 'UTF8'), convert_to(request, 'UTF8'), convert_to(ip::text, 'UTF8'),
    convert_to(reason, 'UTF8'), convert_to(subject, 'UTF8'), convert_to(object_id, 'UTF8'),
    convert_to(before::text, 'UTF8'), convert_to(after::text, 'UTF8'), convert_to(masked::text, 'UTF8'),
    convert_to(details::text, 'UTF8')"""
SEAL: LiteralString = """
    batch, kind, era, month, since, until, after_id, through_id, events, root, marks_digest, previous,
    sealed_at, digest"""
Values = tuple[bytes | None, ...]


@contextmanager
def sealer(place: Place) -> Iterator[Connection[Any]]:
    """A connection of amana_sealer, in autocommit. Raises SealerMissing in processes that don't hold its credential."""
    if not settings.AMANA_SEALER_URL:
        raise SealerMissing("This process doesn't hold AMANA_SEALER_URL; the seal and control workers do.")
    given = {key: value for key, value in {"host": place.host, "port": place.port}.items() if value}
    conninfo = make_conninfo(settings.AMANA_SEALER_URL, dbname=place.database, connect_timeout=5, **given)
    with psycopg.connect(
        conninfo, autocommit=True, options=OPTIONS, application_name="", row_factory=tuple_row
    ) as connection:
        yield connection


def sealed_from(database: str, row: tuple[Any, ...], ids: list[int] | None, leaves: bytes | None) -> Sealed:
    """A row of SEAL, with its lists where they were asked for."""
    values = dict(zip(COLUMNS, row[:-1], strict=True))
    marks = None if ids is None or leaves is None else _marks(ids, leaves)
    return Sealed(Header(database=database, **values), row[-1], marks)


def _marks(ids: list[int], leaves: bytes) -> bytes:
    """Lists that don't fit together are a forger's: their marks fit no digest."""
    hashes = split_leaves(leaves)
    return marks_of(ids, hashes) if len(ids) == len(hashes) else b"forged"


def seals(
    connection: Connection[Any], place: Place, after: int = 0, *, lists: bool = True
) -> Iterator[Sealed]:
    """Every seal beyond batch `after` in order, a few at a time. Needs a transaction, and reads on while it lasts."""
    wanted = "ids, leaves" if lists else "NULL::bigint[], NULL::bytea"
    query = f"SELECT {SEAL}, {wanted} FROM audit.seal WHERE batch > %s ORDER BY batch"  # noqa: S608 - of our own parts
    with connection.cursor("seals") as cursor:
        cursor.itersize = 20
        cursor.execute(query, [after])
        for row in cursor:
            yield sealed_from(place.chain, row[:-2], row[-2], row[-1])


def last_seal(connection: Connection[Any], place: Place, batch: int | None = None) -> Sealed | None:
    """The newest seal, or that of `batch`, without its lists."""
    query = f"SELECT {SEAL} FROM audit.seal WHERE batch = coalesce(%s, batch) ORDER BY batch DESC LIMIT 1"  # noqa: S608
    row = connection.execute(query, [batch]).fetchone()
    return sealed_from(place.chain, row, None, None) if row else None


def events_of(connection: Connection[Any], header: Header) -> list[Values]:
    """The events that belong to a batch, by id: all of them, and one more where there are too many."""
    query = f"""
        SELECT {EVENT} FROM audit.event
        WHERE era = %s AND at >= %s AND at < %s AND xid >= %s AND xid < %s
          AND id > %s AND id <= %s
        ORDER BY id LIMIT %s"""  # noqa: S608 - of our own parts
    parameters = [
        header.era,
        header.month_begins,
        header.month_ends,
        header.since,
        header.until,
        header.after_id,
        header.through_id,
        header.events + 1,
    ]
    return connection.cursor(binary=True).execute(query, parameters).fetchall()


def alone(connection: Connection[Any]) -> None:
    """No other sealer works on this log until the transaction ends. Raises SealingElsewhere."""
    row = connection.execute("SELECT audit.seal_alone(wait => false)").fetchone()
    if not row or not row[0]:
        raise SealingElsewhere("Another sealer is at work here.")
