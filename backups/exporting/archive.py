"""The file that an export is, before it is encrypted: a zip, written from its beginning to its end."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

QUICK = 3  # of zlib's nine levels: half the time of the default, a tenth more bytes


class Archive:
    """Entries one after the other; of each is kept how many bytes it had, and their SHA-256."""

    def __init__(self, zip_file: ZipFile) -> None:
        self.zip = zip_file
        self.entries: dict[str, dict[str, Any]] = {}

    @contextmanager
    def entry(self, name: str) -> Iterator["Entry"]:
        """What is written inside the block is the file of that name. Its size needn't be known before."""
        with self.zip.open(name, "w", force_zip64=True) as out:
            entry = Entry(out)
            yield entry
        self.entries[name] = {"bytes": entry.bytes, "sha256": entry.digest.hexdigest()}

    def add(self, name: str, text: str) -> None:
        with self.entry(name) as entry:
            entry.write(text.encode())


@contextmanager
def archive_into(stream: IO[bytes]) -> Iterator[Archive]:
    """Streamed: never more than one block in memory, besides a line for each entry."""
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=QUICK) as zip_file:
        yield Archive(zip_file)


class Entry(io.BufferedIOBase):
    """One file of the archive while it is written, counted and hashed."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.bytes, self.digest = out, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.digest.update(data)
        written = self.out.write(data)
        self.bytes += written
        return written
