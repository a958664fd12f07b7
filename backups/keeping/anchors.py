"""Anchors of the activity log beside the copies, where nobody who reaches the database or its files can change them.

Each object `anchors/<database>/<last batch>.jsonl` holds lines of the anchor file, from the batch after the last one
kept to the one it is named by. None is ever written over, and none expires.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from audit import anchor_files
from audit.anchoring import follows, in_catalog
from audit.batches import HIGHEST, Sealed
from audit.exceptions import AnchorContradicted
from backups.exceptions import ObjectExists, StorageAway
from backups.storage import Store, open_store

logger = logging.getLogger(__name__)
PREFIX = "anchors/"
BIGGEST = 1 << 24  # of one object; a batch's line is a few hundred KB at most
FAULTS = 20


@dataclass
class Anchored:
    """How far the storage's anchors reach, and the first of what is wrong with them or with ours."""

    database: str
    through: int = 0
    faults: list[str] = field(default_factory=list)


def keep_anchors(store: Store, database: str) -> int:
    """Add what the storage lacks; how many batches. No copy fails by it: what is missing now, the next one brings."""
    kept = 0
    try:
        reached = _reached(store, database)
        for piece in _pieces(line for line in _lines(database) if line[0] > reached):
            with store.write(f"{PREFIX}{database}/{piece[-1][0]:012d}.jsonl") as file:
                file.write(b"".join(line for _batch, line in piece))
            kept += len(piece)
    except (StorageAway, ObjectExists, AnchorContradicted) as trouble:
        logger.error("Anchors of %s weren't copied: %s", database, trouble)
    return kept


def check_anchors(database: str) -> Anchored:
    """Compare what the storage has with itself, with the anchor file and with the catalog. Raises StorageAway."""
    found, kept = Anchored(database), _kept(open_store("reader"), database)
    ours = _ours(found)
    before: Sealed | None = None
    for anchor in kept:
        if before and anchor.header.batch <= before.header.batch:
            continue  # two copies were taken at once, and each brought it
        if not anchor.is_whole or not follows(anchor, before, database):
            found.faults.append(
                f"Batch {anchor.header.batch} in the storage doesn't follow from those before it."
            )
        for where, digests in ours.items():
            if digests.get(anchor.header.batch) != anchor.digest:
                has = "has another" if anchor.header.batch in digests else "lacks"
                found.faults.append(f"The {where} {has} batch {anchor.header.batch}.")
        before = anchor
        found.through = anchor.header.batch
    found.faults = found.faults[:FAULTS]
    return found


def _ours(found: Anchored) -> dict[str, dict[int, bytes]]:
    """By batch. On a host without a folder of anchors there is no file to compare with; an empty folder is a fault."""
    catalog = {each.header.batch: each.digest for each in in_catalog(found.database, HIGHEST)}
    filed: dict[int, bytes] = {}
    try:
        for each in anchor_files.read(found.database):
            filed[each.header.batch] = each.digest
    except AnchorContradicted as fault:
        found.faults.append(str(fault))
    has_folder = anchor_files.file_of(found.database).parent.is_dir()
    return {"catalog": catalog, **({"anchor file": filed} if has_folder else {})}


def _reached(store: Store, database: str) -> int:
    names = [each.name for each in store.list(f"{PREFIX}{database}/")]
    return int(names[-1].rpartition("/")[2].removesuffix(".jsonl")) if names else 0


def _lines(database: str) -> Iterator[tuple[int, bytes]]:
    """Of the anchor file; where this host has none, as it would have been written of the catalog's anchors."""
    if anchor_files.file_of(database).is_file():
        for anchor, line in anchor_files.read_lines(database):
            yield anchor.header.batch, line.rstrip(b"\n") + b"\n"
        return
    chain = ""
    for anchor in in_catalog(database, HIGHEST):
        line = anchor_files.line_of(anchor, chain).encode() + b"\n"
        _again, chain = anchor_files.parse(line) or (None, "")
        yield anchor.header.batch, line


def _pieces(lines: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    piece: list[tuple[int, bytes]] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line[1])
        if size >= BIGGEST:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _kept(store: Store, database: str) -> Iterator[Sealed]:
    """All of them in order; a line that is no anchor ends the chain, and the next one doesn't follow."""
    for each in store.list(f"{PREFIX}{database}/"):
        with store.read(each.name) as file:
            content = file.read()
        for line in content.splitlines():
            parsed = anchor_files.parse(line)
            if parsed:
                yield parsed[0]
