"""One batch as it stands in its three places, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from audit.anchoring import follows
from audit.batches import Sealed
from audit.comparing import Difference, difference
from audit.keeping import is_kept_long_enough
from tenants.places import Place


@dataclass(frozen=True)
class Batch:
    """One batch as it stands in its three places."""

    number: int
    seal: Sealed | None
    catalog: Sealed | None
    file: Sealed | None

    @property
    def trusted(self) -> Sealed | None:
        """The best witness of what was sealed: the file is out of PostgreSQL's reach."""
        return next((each for each in (self.file, self.catalog, self.seal) if each and each.is_whole), None)


class Wrong(Exception):
    """The first thing that isn't as it was sealed."""

    def __init__(self, says: str, difference: Difference | None = None) -> None:
        super().__init__(says)
        self.difference = difference


def is_dropped(batch: Batch, dropped: dict[object, Sealed]) -> bool:
    """Whether its events have rightly gone. The word of its anchors counts for which month it is of."""
    if batch.seal is None or batch.seal.marks is not None or batch.seal.header.kind == "drop":
        return False
    witness = batch.file or batch.catalog or batch.seal
    said = dropped.get(witness.header.month)
    if said is None or said.header.batch < batch.number:
        month = witness.header.month.strftime("%Y-%m")
        raise Wrong(f"Batch {batch.number}: its list of events is gone, although {month} must still be kept.")
    return True


def judge_events(connection: Connection[Any], batch: Batch, earliest: datetime | None) -> None:
    trusted = batch.trusted
    if trusted is None:
        raise Wrong(f"Batch {batch.number}: its seal was altered, and no anchor says what it was.")
    if trusted.header.kind == "drop":
        if not is_kept_long_enough(trusted.header):
            raise Wrong(f"Batch {batch.number}: {trusted.header.month:%Y-%m} is declared dropped too early.")
        return
    found = difference(connection, trusted, earliest)
    if found:
        raise Wrong(f"Batch {batch.number}: {found}{_besides(batch)}.", found)


def _besides(batch: Batch) -> str:
    if batch.seal is None:
        return "; the seal of the batch is missing"
    trusted = batch.trusted
    return "; the seal of the batch was rewritten" if trusted and batch.seal.digest != trusted.digest else ""


def judge_seal(place: Place, batch: Batch, before: Sealed | None) -> None:
    if batch.seal is None:
        raise Wrong(f"Batch {batch.number}: its seal is missing.")
    if not batch.seal.is_whole:
        raise Wrong(f"Batch {batch.number}: its seal was altered.")
    if not follows(batch.seal, before, place.chain):
        raise Wrong(f"Batch {batch.number} doesn't follow from the one before.")


def anchor_faults(batch: Batch, ends: tuple[int, int], newest: Sealed | None) -> Iterator[str]:
    """What is wrong with the anchors of a batch whose events and seal are in order.

    Both may be missing of the newest round alone, which may not have been anchored yet.
    """
    seal = batch.seal
    if seal is None:
        return
    for anchor, where in ((batch.file, "anchor file"), (batch.catalog, "catalog's anchors")):
        if anchor and not anchor.is_whole:
            yield f"Batch {batch.number} was altered in the {where}."
        elif anchor and anchor.digest != seal.digest:
            yield f"Batch {batch.number} was rewritten: it isn't the one in the {where}."
    is_newest = newest is not None and seal.header.until == newest.header.until
    if batch.file is None and (batch.catalog or not is_newest or batch.number <= ends[1]):
        yield f"Batch {batch.number} is missing in the anchor file."
    if batch.catalog is None and (batch.file or not is_newest or batch.number <= ends[0]):
        yield f"Batch {batch.number} is missing in the catalog's anchors."
