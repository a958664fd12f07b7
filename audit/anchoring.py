"""What is kept of each seal outside of its database: first in a file, then in the catalog.

In this order, so that the file is never behind the catalog: where it is, somebody has cut it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from psycopg import Connection

from audit import anchor_files
from audit.batches import HIGHEST, Sealed, before_the_first
from audit.comparing import difference
from audit.exceptions import AnchorContradicted
from audit.keeping import is_kept_long_enough
from audit.models import Alarm, Anchor
from audit.sealer import alone, last_seal, seals
from tenants.binding import CATALOG, bound_to
from tenants.places import Place

PAGE = 50


def anchor_pending(connection: Connection[Any], place: Place) -> int:
    """Anchor what was sealed and isn't anchored yet: after each sealing, and after a crash. Returns how many batches.

    One sealer at a time: raises SealingElsewhere. Raises AnchorContradicted where the database, the file and the
    catalog can't all have come from us.
    """
    with connection.transaction():
        alone(connection)
        in_catalog = last_in_catalog(place.chain)
        in_file = anchor_files.last_in_file(place.chain)
        newest = last_seal(connection, place)
        reached = _check_heads(connection, place, newest, in_file, in_catalog)
        if newest is None or newest.header.batch == reached:
            return 0
        return _anchor(_confirmed(connection, place, reached, newest))


def _anchor(pending: Iterator[Sealed]) -> int:
    number = 0
    for page in _pages(pending):
        anchor_files.append(page)
        with bound_to(CATALOG):
            Anchor.objects.bulk_create([Anchor.of(each) for each in page], ignore_conflicts=True)
        number += len(page)
    return number


def _check_heads(
    connection: Connection[Any],
    place: Place,
    newest: Sealed | None,
    in_file: Sealed | None,
    in_catalog: Sealed | None,
) -> int:
    """The last batch that is anchored everywhere."""
    sealed, filed, kept = (each.header.batch if each else 0 for each in (newest, in_file, in_catalog))
    if filed < kept:
        raise AnchorContradicted(f"The anchor file ends at batch {filed}, the catalog's anchors at {kept}.")
    if sealed < filed:
        raise AnchorContradicted(f"The seals end at batch {sealed}, the anchor file at {filed}.")
    for anchor, where in ((in_file, "anchor file"), (in_catalog, "catalog's anchors")):
        if anchor:
            found = last_seal(connection, place, anchor.header.batch)
            if found is None or found.digest != anchor.digest:
                raise AnchorContradicted(f"Batch {anchor.header.batch} isn't the one in the {where}.")
    return kept


def _confirmed(connection: Connection[Any], place: Place, reached: int, newest: Sealed) -> Iterator[Sealed]:
    """What a round that was cut short has left: of one round, following from what is anchored, and true."""
    before = last_seal(connection, place, reached) if reached else None
    for sealed in seals(connection, place, reached):
        if sealed.header.until != newest.header.until:
            raise AnchorContradicted(f"The anchors from batch {reached + 1} on are gone.")
        if not sealed.is_whole or not follows(sealed, before, place.chain):
            raise AnchorContradicted(f"Batch {sealed.header.batch} isn't as it was sealed.")
        if not _is_true(connection, sealed):
            raise AnchorContradicted(f"Batch {sealed.header.batch} isn't what its events say.")
        yield sealed
        before = sealed


def _is_true(connection: Connection[Any], sealed: Sealed) -> bool:
    if sealed.header.kind == "drop":
        return is_kept_long_enough(sealed.header)
    return difference(connection, sealed) is None


def follows(sealed: Sealed, before: Sealed | None, database: str) -> bool:
    """Whether it is the next after `before`, in the chain of this database."""
    number, digest = (before.header.batch, before.digest) if before else (0, before_the_first(database))
    return sealed.header.batch == number + 1 and sealed.header.previous == digest


def last_in_catalog(database: str) -> Sealed | None:
    with bound_to(CATALOG):
        anchor = Anchor.objects.filter(database=database).order_by("-batch").first()
    return anchor.sealed if anchor else None


def last_batch_before(database: str, at: datetime) -> int:
    """The last batch that was sealed before `at`, as the catalog's anchors have it; 0 for none."""
    with bound_to(CATALOG):
        sealed = Anchor.objects.filter(database=database, sealed_at__lt=at).order_by("-batch")
        return sealed.values_list("batch", flat=True).first() or 0


def in_catalog(database: str, through: int) -> Iterator[Sealed]:
    """Every anchor up to batch `through` in order, a page at a time."""
    reached = 0
    while True:
        with bound_to(CATALOG):
            found = Anchor.objects.filter(database=database, batch__gt=reached, batch__lte=through)
            page = [*found.order_by("batch")[:PAGE]]
        if not page:
            return
        yield from (anchor.sealed for anchor in page)
        reached = page[-1].batch


def refill_file(database: str, reason: str) -> int:
    """Add to a database's file what the catalog has anchored beyond its end; how many anchors that is.

    The act is itself an event, in the platform's log. Raises AnchorContradicted where the two don't fit together.
    """
    last = anchor_files.last_in_file(database)
    reached = last.header.batch if last else 0
    number = 0
    for page in _pages(_following(database, last)):
        anchor_files.append(page)
        number += len(page)
    with bound_to(CATALOG):
        said = f"The anchor file of {database} was refilled from batch {reached + 1} on: {reason}"
        Alarm.objects.create(kind=Alarm.Kind.REFILLED, database=database, says=said, closed_at=timezone.now())
    return number


def refill_catalog(database: str) -> int:
    """Add to the catalog what a chain's file has anchored beyond its end: a catalog restored from a copy is behind."""
    last = last_in_catalog(database)
    reached = last.header.batch if last else 0
    return _add(each for each in anchor_files.read(database) if each.header.batch > reached)


def add_anchors(found: Iterable[Sealed], database: str) -> int:
    """The same from anchors that were kept elsewhere, in order; what doesn't follow from ours is passed over."""
    return _add(_continuing(found, database))


def _continuing(found: Iterable[Sealed], database: str) -> Iterator[Sealed]:
    last = last_in_catalog(database)
    for anchor in found:
        if anchor.is_whole and follows(anchor, last, database):
            last = anchor
            yield anchor


def _add(anchors: Iterator[Sealed]) -> int:
    number = 0
    for page in _pages(anchors):
        with bound_to(CATALOG):
            number += len(Anchor.objects.bulk_create(map(Anchor.of, page), ignore_conflicts=True))
    return number


def set_file_aside(database: str, reason: str) -> str:
    """The file tells of batches that are lost with a database: it is kept under another name, and begun anew.

    Its new beginning is what the catalog has anchored. Returns the old one's new name; "" where the file isn't ahead.
    """
    last, anchored = anchor_files.last_in_file(database), last_in_catalog(database)
    if last is None or (anchored and anchored.header.batch >= last.header.batch):
        return ""
    name = anchor_files.set_aside(database)
    refill_file(database, reason)
    return name


def _following(database: str, last: Sealed | None) -> Iterator[Sealed]:
    reached = last.header.batch if last else 0
    for anchor in in_catalog(database, HIGHEST):
        if last and anchor.header.batch == reached and anchor.digest != last.digest:
            raise AnchorContradicted(f"The file's last anchor isn't the catalog's of batch {reached}.")
        if anchor.header.batch > reached:
            if not anchor.is_whole or not follows(anchor, last, database):
                raise AnchorContradicted(f"The catalog's anchor of batch {anchor.header.batch} was altered.")
            last = anchor
            yield anchor


def _pages(sealed: Iterator[Sealed]) -> Iterator[list[Sealed]]:
    page: list[Sealed] = []
    for each in sealed:
        page.append(each)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
