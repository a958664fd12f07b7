"""Anchors in append-only files outside PostgreSQL: one a database, a line a batch, each line chained to the last.

A line is JSON: the fields of the batch's header, its digest and marks, and `chain`: SHA-256 over the chain of the
line before and the line's own other content. A line cut short by a crash is passed over, and the chain goes on.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from audit.batches import Header, Sealed
from audit.exceptions import AnchorContradicted

BYTES = ("root", "marks_digest", "previous")
PIECE = 1 << 16


def file_of(database: str) -> Path:
    return Path(settings.AMANA_ANCHOR_DIR) / f"{database}.jsonl"


def append(anchors: list[Sealed]) -> None:
    """Add what the file doesn't have yet, of one database; on disk when this returns. May be asked twice.

    Raises AnchorContradicted where the file has another batch in the place of one of them.
    """
    if not anchors:
        return
    with _locked(anchors[0].header.database) as file:
        last = _last(file)
        lines = []
        for anchor in anchors:
            if last is None or anchor.header.batch > last[0].header.batch:
                line = line_of(anchor, last[1] if last else "")
                last = (anchor, json.loads(line)["chain"])
                lines.append(line)
            elif anchor.header.batch == last[0].header.batch and anchor.digest != last[0].digest:
                raise AnchorContradicted(f"The anchor file has another batch {anchor.header.batch}.")
        _write(file, lines)


def last_in_file(database: str) -> Sealed | None:
    """The newest anchor; None where there is no file, or none in it."""
    try:
        with file_of(database).open("rb") as file:
            last = _last(file)
    except FileNotFoundError:
        return None
    return last[0] if last else None


def read(database: str) -> Iterator[Sealed]:
    """Every anchor in order. Raises AnchorContradicted at the first line that doesn't follow from the one before."""
    return (anchor for anchor, _line in read_lines(database))


def read_lines(database: str) -> Iterator[tuple[Sealed, bytes]]:
    """As `read`, each with the line that it stands on."""
    chain, batch = "", 0
    try:
        file = file_of(database).open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, start=1):
            parsed = parse(line)
            if parsed is None:
                continue  # if it wasn't a crash that cut it short, the next line doesn't follow
            anchor, said = parsed
            if said != _chain(line, chain) or anchor.header.batch <= batch:
                raise AnchorContradicted(
                    f"Line {number} of the anchor file was altered, or lines before it are gone."
                )
            chain, batch = said, anchor.header.batch
            yield anchor, line


def parse(line: bytes) -> tuple[Sealed, str] | None:
    """The anchor that a line tells of, and its chain; None for a line that was cut short."""
    try:
        return _parsed(line)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def set_aside(database: str) -> str:
    """Keep a file for good under a name that says when its chain was cut."""
    path = file_of(database)
    kept = path.with_name(f"{database}.until-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl")
    path.rename(kept)
    _sync_folder(path.parent)
    return kept.name


@contextmanager
def _locked(database: str) -> Iterator[IO[bytes]]:
    path = file_of(database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    if is_new:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(file: IO[bytes], lines: list[str]) -> None:
    """After a line that a crash cut short, on a line of its own."""
    if not lines:
        return
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 1))
    begin = "\n" if end and file.read(1) != b"\n" else ""
    content = (begin + "".join(f"{line}\n" for line in lines)).encode()
    while content:
        content = content[file.write(content) :]
    os.fsync(file.fileno())


def _last(file: IO[bytes]) -> tuple[Sealed, str] | None:
    """The newest whole line, found from the end."""
    position = file.seek(0, os.SEEK_END)
    tail = b""
    while position or tail:
        cut = tail.rfind(b"\n", 0, len(tail.rstrip(b"\n")))
        if cut < 0 and position:
            start = max(0, position - PIECE)
            file.seek(start)
            tail = file.read(position - start) + tail
            position = start
            continue
        parsed = parse(tail[cut + 1 :])
        if parsed:
            return parsed
        tail = tail[: cut + 1] if cut >= 0 else b""
    return None


def line_of(anchor: Sealed, chain: str) -> str:
    """What stands in the file, without the end of the line; `chain` is that of the line before."""
    said: dict[str, Any] = asdict(anchor.header)
    said |= {name: said[name].hex() for name in BYTES}
    said |= {"month": said["month"].isoformat(), "sealed_at": said["sealed_at"].isoformat()}
    said |= {"digest": anchor.digest.hex(), "marks": b64encode(anchor.marks or b"").decode()}
    content = json.dumps(said, separators=(",", ":"))
    return f'{content[:-1]},"chain":"{_hash(content, chain)}"}}'


def _hash(content: str, chain: str) -> str:
    return sha256(f"{chain}\n{content}".encode()).hexdigest()


def _chain(line: bytes, chain: str) -> str:
    content, _, _ = line.decode().rpartition(',"chain":"')
    return _hash(content + "}", chain)


def _parsed(line: bytes) -> tuple[Sealed, str]:
    said = json.loads(line)
    chain, digest, marks = (
        said.pop("chain"),
        bytes.fromhex(said.pop("digest")),
        b64decode(said.pop("marks")),
    )
    said |= {name: bytes.fromhex(said[name]) for name in BYTES}
    said |= {
        "month": date.fromisoformat(said["month"]),
        "sealed_at": datetime.fromisoformat(said["sealed_at"]),
    }
    return Sealed(Header(**said), digest, marks), chain
