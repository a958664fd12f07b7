"""Anchors of the activity log beside the copies, where nobody who reaches the database or its files can change them.

Each object `anchors/<chain>/<last batch>.jsonl` holds lines of the anchor file, from the batch after the last one
kept to the one it is named by. None is ever written over, and none expires. A chain is called by the database that it
began in, and keeps that name where a restore moves its log to another one.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from shutil import copyfileobj

from audit import anchor_files
from audit.anchoring import follows, in_catalog, last_in_catalog
from audit.batches import HIGHEST, Sealed
from audit.exceptions import AnchorContradicted
from audit.verifying import IN_FLIGHT
from backups.exceptions import ObjectExists, StorageAway
from backups.storage import Store, Stored, open_store

logger = logging.getLogger(__name__)
PREFIX = "anchors/"
PIECE = re.compile(PREFIX + r"[a-z0-9_]+/([0-9]{12})\.jsonl")
BIGGEST = 1 << 24  # of one object; a batch's line is a few hundred KB at most
FAULTS = 20


@dataclass
class Anchored:
    """How far the storage's anchors reach, and the first of what is wrong with them or with ours."""

    chain: str
    through: int = 0
    faults: list[str] = field(default_factory=list)


def keep_anchors(store: Store, chain: str) -> int:
    """Add what the storage lacks; how many batches. No copy fails by it: what is missing now, the next one brings."""
    kept = 0
    try:
        reached = _reached(store, chain)
        for piece in _pieces(line for line in _lines(chain) if line[0] > reached):
            with store.write(f"{PREFIX}{chain}/{piece[-1][0]:012d}.jsonl") as file:
                file.write(b"".join(line for _batch, line in piece))
            kept += len(piece)
    except (StorageAway, ObjectExists, AnchorContradicted, OSError) as trouble:
        logger.error("Anchors of %s weren't copied: %s", chain, trouble)
    return kept


def check_anchors(chain: str, copied_at: datetime | None = None) -> Anchored:
    """Compare what the storage has with itself, with the anchor file and with the catalog. Raises StorageAway.

    `copied_at`: as of when the chain's newest copy is; what was sealed a while before it must have come with it.
    """
    found, store = Anchored(chain), open_store("reader")
    kept = _kept(
        store, found, _there(store, chain)
    )  # listed before ours are read: what comes now is in ours, too
    ours, due = _ours(found, copied_at - IN_FLIGHT if copied_at else None)
    before: Sealed | None = None
    seen: dict[int, bytes] = {}
    for anchor in kept:
        batch = anchor.header.batch
        if seen.get(batch) == anchor.digest:
            continue  # two copies were taken at once, and each brought it
        if not anchor.is_whole or not follows(anchor, before, chain):
            found.faults.append(f"Batch {batch} in the storage doesn't follow from those before it.")
        for where, digests in ours.items():
            if digests.get(batch) != anchor.digest:
                has = "has another" if batch in digests else "lacks"
                found.faults.append(f"The {where} {has} batch {batch}.")
        before, seen[batch] = anchor, anchor.digest
        found.through = batch
    if found.through < due:
        found.faults.append(f"The storage lacks the batches from {found.through + 1} to {due}.")
    found.faults = found.faults[:FAULTS]
    return found


def set_aside(chain: str, at: datetime) -> str:
    """What the storage has and the catalog's anchors haven't is kept under another name: that part of the log is lost.

    The folder's name, "" where there is nothing of it. All of it is there twice before any of it goes. Raises
    StorageAway, and BackupRefused where this process doesn't hold both what writes and what deletes.
    """
    ours = {each.header.batch: each.digest for each in in_catalog(chain, HIGHEST)}
    reader = open_store("reader")
    lost = [piece for piece in _there(reader, chain) if _is_other(reader, piece, ours)]
    if not lost:
        return ""
    writer, keeper = open_store("writer"), open_store("keeper")
    folder = f"{PREFIX}{chain}.until-{at:%Y%m%dT%H%M%SZ}"
    for piece in lost:
        with keeper.read(piece.name) as old, writer.write(f"{folder}/{piece.name.rpartition('/')[2]}") as new:
            copyfileobj(old, new)
    for piece in lost:
        keeper.delete(piece.name)
    return folder


def _is_other(store: Store, piece: Stored, ours: dict[int, bytes]) -> bool:
    return any(ours.get(each.header.batch) != each.digest for each in _read(store, piece))


def _ours(found: Anchored, before: datetime | None) -> tuple[dict[str, dict[int, bytes]], int]:
    """By batch, and the last that was sealed before then.

    On a host without a folder of anchors there is no file to compare with; an empty folder is a fault.
    """
    ours: dict[str, dict[int, bytes]] = {"catalog": {}, "anchor file": {}}
    due = 0
    try:
        for where, anchors in (
            ("catalog", in_catalog(found.chain, HIGHEST)),
            ("anchor file", anchor_files.read(found.chain)),
        ):
            for each in anchors:
                ours[where][each.header.batch] = each.digest
                if before and each.header.sealed_at < before:
                    due = max(due, each.header.batch)
    except AnchorContradicted as fault:
        found.faults.append(str(fault))
    if not anchor_files.file_of(found.chain).parent.is_dir():
        del ours["anchor file"]
    return ours, due


def _reached(store: Store, chain: str) -> int:
    """What lies there beyond our own end isn't ours, and keeps nothing of ours away: the comparison finds it."""
    last = anchor_files.last_in_file(chain) or last_in_catalog(chain)
    end = last.header.batch if last else 0
    return max((batch for batch in map(_named_by, _there(store, chain)) if batch <= end), default=0)


def _named_by(piece: Stored) -> int:
    """The last batch that a piece says it holds; 0 for what isn't named as one."""
    named = PIECE.fullmatch(piece.name)
    return int(named[1]) if named else 0


def _there(store: Store, chain: str) -> list[Stored]:
    return [*store.list(f"{PREFIX}{chain}/")]


def _lines(chain: str) -> Iterator[tuple[int, bytes]]:
    """Of the anchor file; where this host has none, as it would have been written of the catalog's anchors."""
    if anchor_files.file_of(chain).is_file():
        for anchor, line in anchor_files.read_lines(chain):
            yield anchor.header.batch, line.rstrip(b"\n") + b"\n"
        return
    said = ""
    for anchor in in_catalog(chain, HIGHEST):
        line = anchor_files.line_of(anchor, said).encode() + b"\n"
        _again, said = anchor_files.parse(line) or (None, "")
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


def _kept(store: Store, found: Anchored, pieces: list[Stored]) -> Iterator[Sealed]:
    """All of them in order; a line that is no anchor ends the chain, and the next one doesn't follow."""
    for piece in pieces:
        last = 0
        for anchor in _read(store, piece):
            last = anchor.header.batch
            yield anchor
        if not last or last != _named_by(piece):
            logger.error("Among the anchors of %s lies %r.", found.chain, piece.name)
            found.faults.append("Among the anchors in the storage lies an object that is none of ours.")


def _read(store: Store, piece: Stored) -> Iterator[Sealed]:
    if not _named_by(piece) or piece.size > 2 * BIGGEST:
        return
    with store.read(piece.name) as file:
        content = file.read()
    for line in content.splitlines():
        parsed = anchor_files.parse(line)
        if parsed:
            yield parsed[0]
