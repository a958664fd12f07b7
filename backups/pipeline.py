"""From a program's output to an encrypted object, in a stream: never more than a few blocks in memory.

zstd, then age (https://age-encryption.org/v1): `age -d -i KEY FILE | zstd -d` opens it anywhere.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, cast

import pyrage
import zstandard

from backups.exceptions import BackupError, DumpFailed
from backups.storage import Readable, Store, Writable

BLOCK = 1 << 17
LEVEL = 3
HEADER = re.compile(rb"age-encryption\.org/v1\n-> X25519 [A-Za-z0-9+/]{43}\n")


@dataclass(frozen=True)
class Sealed:
    """One object as it was stored: what the manifest says of it."""

    name: str
    plain_bytes: int
    bytes: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return {"plain_bytes": self.plain_bytes, "bytes": self.bytes, "sha256": self.sha256}


class Counted:
    """What is read, counted; `beat` is called with the sum so far, and may raise to stop it all."""

    def __init__(self, source: Readable, beat: Callable[[int], None]) -> None:
        self.source, self.beat = source, beat
        self.bytes = 0
        self.trouble: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self.source.read(size if size > 0 else BLOCK)
            self.bytes += len(data)
            self.beat(self.bytes)
        except BaseException as trouble:
            self.trouble = trouble  # age gives back an error of its own, with the words of this one only
            raise
        return data


class Hashed:
    """What is written, counted and hashed; the first bytes are kept, to see that they are age's."""

    def __init__(self, target: Writable) -> None:
        self.target = target
        self.bytes = 0
        self.digest = hashlib.sha256()
        self.head = b""
        self.trouble: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        try:
            self.target.write(data)
        except BaseException as trouble:
            self.trouble = trouble
            raise
        self.bytes += len(data)
        self.digest.update(data)
        if len(self.head) < 100:
            self.head += bytes(data[:100])
        return len(data)

    def flush(self) -> None:
        """The store does that when the object is whole."""


def seal_into(
    store: Store, name: str, source: Readable, recipient: str, beat: Callable[[int], None] = lambda _: None
) -> Sealed:
    """Compress and encrypt all of `source` to one recipient, into an object; it counts once this returns.

    Raises what the source, `beat` and the store raise, and DumpFailed where what was written isn't age's.
    """
    with store.write(name) as target:
        counted, hashed = Counted(source, beat), Hashed(target)
        compressor = zstandard.ZstdCompressor(level=LEVEL)
        compressed = compressor.stream_reader(cast(IO[bytes], counted), read_size=BLOCK)
        try:
            pyrage.encrypt_io(compressed, hashed, [pyrage.x25519.Recipient.from_str(recipient)])
        except pyrage.EncryptError as error:
            raise _cause(counted, hashed) or DumpFailed(f"Encrypting {name} failed: {error}.") from error
        if not HEADER.match(hashed.head):
            raise DumpFailed(f"{name} doesn't begin as an age file for one key does.")
    return Sealed(name, counted.bytes, hashed.bytes, hashed.digest.hexdigest())


def _cause(counted: Counted, hashed: Hashed) -> BaseException | None:
    return counted.trouble or hashed.trouble


def open_from(source: Readable, target: Writable, identity: str) -> None:
    """The way back: decrypt and decompress `source` into `target`. Raises BackupError in words, and what they raise."""
    counted = Counted(source, lambda _: None)
    hashed = Hashed(target)
    decompressor = zstandard.ZstdDecompressor().stream_writer(cast(IO[bytes], hashed), closefd=False)
    try:
        pyrage.decrypt_io(counted, decompressor, [pyrage.x25519.Identity.from_str(identity)])
        decompressor.flush()  # type: ignore[no-untyped-call]
    except (pyrage.DecryptError, OSError, zstandard.ZstdError) as error:
        raise _cause(counted, hashed) or BackupError(f"It can't be opened: {error}.") from error
