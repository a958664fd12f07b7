"""Where copies are kept, behind five verbs: write whole and once, read, list, delete, sweep.

`open_store(role)`: the roles hold different credentials where the storage offers that. "writer" (the backup worker)
can't delete, "reader" (drills and restores) can't write, "keeper" (expiry) reads and deletes.
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
        """An object that counts once the block has ended well; nothing remains of it otherwise.

        Raises ObjectExists, at the end of the block at the latest: what is there is never written over.
        """
        ...

    def read(self, name: str) -> AbstractContextManager[Readable]:
        """Raises ObjectMissing."""
        ...

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """What counts: one folder after the other, each in the order of names."""
        ...

    def delete(self, name: str) -> None:
        """Without complaint where there is none."""
        ...

    def sweep(self, before: datetime) -> int:
        """Take away what was begun before then and never became an object; how many such there were."""
        ...


def open_store(role: Role) -> Store:
    """The one that AMANA_BACKUP_STORE names. Raises BackupRefused for a kind that we don't know."""
    from backups.storage.folder import Folder  # noqa: PLC0415 - a kind is loaded where it is used
    from backups.storage.s3 import S3  # noqa: PLC0415

    parts = urlsplit(settings.AMANA_BACKUP_STORE)
    if parts.scheme == "file":
        return Folder(parts.path, is_mounted=settings.AMANA_BACKUP_STORE_IS_REMOTE)
    if parts.scheme == "s3":
        return S3.at(settings.AMANA_BACKUP_STORE, credential_of(role))
    raise BackupRefused(f"AMANA_BACKUP_STORE names a storage that Amana doesn't know: {parts.scheme}.")


def can_read() -> bool:
    """Whether this process holds what reading the storage takes."""
    return not settings.AMANA_BACKUP_STORE.startswith("s3:") or bool(_held("reader"))


def credential_of(role: Role) -> tuple[str, str]:
    """(key, secret). Raises BackupRefused where this process doesn't hold it."""
    key, _, secret = _held(role).partition(":")
    if not key or not secret:
        raise BackupRefused(f"This process doesn't hold AMANA_STORE_{role.upper()}, as KEY:SECRET.")
    return key, secret


def _held(role: Role) -> str:
    """The keeper reads what it deletes; nobody else does another's work."""
    held: dict[Role, str] = {
        "writer": settings.AMANA_STORE_WRITER,
        "reader": settings.AMANA_STORE_READER or settings.AMANA_STORE_KEEPER,
        "keeper": settings.AMANA_STORE_KEEPER,
    }
    return held[role]
