"""Where copies are kept, behind four verbs: write whole, read, list, delete.

`open_store(role)`: the roles hold different credentials where the storage offers that. "writer" (the backup worker)
can't delete, "reader" (drills and restores) can't write, "keeper" (expiry) deletes.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from backups.exceptions import BackupRefused

Role = Literal["writer", "reader", "keeper"]


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True)
class Stored:
    """One object as the storage lists it."""

    name: str
    size: int
    at: datetime


class Store(Protocol):
    """Names are paths with "/", of our own making. Each verb raises StorageAway while the storage doesn't answer."""

    def write(self, name: str) -> AbstractContextManager[Writable]:
        """An object that counts once the block has ended well; nothing remains of it otherwise."""
        ...

    def read(self, name: str) -> AbstractContextManager[Readable]:
        """Raises ObjectMissing."""
        ...

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """What counts, in the order of names."""
        ...

    def delete(self, name: str) -> None:
        """Without complaint where there is none."""
        ...


def open_store(role: Role) -> Store:
    """The one that AMANA_BACKUP_STORE names. Raises BackupRefused for a kind that we don't know."""
    from backups.storage.folder import Folder  # noqa: PLC0415 - a kind is loaded where it is used

    parts = urlsplit(settings.AMANA_BACKUP_STORE)
    if parts.scheme == "file":
        return Folder(parts.path)
    raise BackupRefused(f"AMANA_BACKUP_STORE names a storage that Amana doesn't know: {parts.scheme}.")
