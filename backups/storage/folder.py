"""Copies in a folder: a mounted disk, or the embedded default."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from backups.exceptions import ObjectExists, ObjectMissing, StorageAway
from backups.storage import Readable, Stored, Writable
from backups.storage.names import PARTIAL, checked
from tenants.disks import is_on_our_disk

NO_SUCH = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class Folder:
    """A `.partial` never counts; what counts is on the disk, name and all.

    `is_mounted`: it is another machine's disk. While that is away, its folder lies on our own disk, and is refused.
    """

    def __init__(self, root: str | Path, *, is_mounted: bool = False) -> None:
        self.root = Path(root)
        self.is_mounted = is_mounted

    @contextmanager
    def write(self, name: str) -> Iterator[Writable]:
        path = self._path(name)
        self._refuse_existing(path, name)
        partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PARTIAL}")
        try:
            with _in_words():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file = os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb", 0)
            try:
                yield Spoken(file)
                with _in_words():
                    os.fsync(file.fileno())
            finally:
                with _in_words():
                    file.close()
            self._publish(partial, path, name)
        finally:
            with _in_words():
                partial.unlink(missing_ok=True)

    @contextmanager
    def read(self, name: str) -> Iterator[Readable]:
        path = self._path(name)
        try:
            with _in_words(NO_SUCH):
                file = path.open("rb")
        except OSError as error:
            raise ObjectMissing(f"{name} isn't in the storage.") from error
        with file:
            yield Spoken(file)

    def list(self, prefix: str = "") -> Iterator[Stored]:
        for name in self._names():
            if name.endswith(PARTIAL) or not name.startswith(prefix):
                continue
            try:
                found = (self.root / name).stat()
            except FileNotFoundError:
                continue  # deleted since it was listed
            yield Stored(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, name: str) -> None:
        path = self._path(name)
        with _in_words():
            path.unlink(missing_ok=True)
        self._prune(path)

    def sweep(self, before: datetime) -> int:
        partials = [self.root / name for name in self._names() if name.endswith(PARTIAL)]
        old = [path for path in partials if path.stat().st_mtime < before.timestamp()]
        for path in old:
            with _in_words():
                path.unlink(missing_ok=True)
            self._prune(path)
        return len(old)

    def _names(self) -> Iterator[str]:
        self._check_mounted()
        with _in_words():
            found = [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]
        yield from sorted(path.relative_to(self.root).as_posix() for path in found)

    def _publish(self, partial: Path, path: Path, name: str) -> None:
        """Under its own name, unless another writer was first: a link, unlike a renaming, takes nobody's place."""
        try:
            with _in_words((*NO_LINKS, errno.EEXIST)):
                path.hardlink_to(partial)
        except FileExistsError:
            raise _exists(name) from None
        except OSError:
            self._refuse_existing(path, name)
            with _in_words():
                partial.rename(path)
        with _in_words():
            _sync_folder(path.parent)

    def _refuse_existing(self, path: Path, name: str) -> None:
        with _in_words():
            if path.exists():
                raise _exists(name)

    def _prune(self, path: Path) -> None:
        """The folders above it that are empty now. One that somebody has just put something into stays."""
        for folder in path.relative_to(self.root).parents:
            if folder.name:
                try:
                    (self.root / folder).rmdir()
                except OSError:
                    return

    def _path(self, name: str) -> Path:
        self._check_mounted()
        return self.root / checked(name)

    def _check_mounted(self) -> None:
        if not self.is_mounted:
            return
        with _in_words():
            is_away = is_on_our_disk(self.root)
        if is_away:
            raise StorageAway(f"The storage refuses: {self.root} isn't mounted.")


class Spoken:
    """An open file whose troubles are said in words."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int = -1, /) -> bytes:
        with _in_words():
            return self.file.read(size)

    def write(self, data: bytes, /) -> int:
        left = memoryview(data)
        with _in_words():
            while left:
                left = left[self.file.write(left) :]
        return len(data)


@contextmanager
def _in_words(but: tuple[int, ...] = ()) -> Iterator[None]:
    """Full, read-only or not mounted: the reason is the system's own word for it. `but` are the caller's to answer."""
    try:
        yield
    except OSError as error:
        if error.errno in but:
            raise
        raise StorageAway(f"The storage refuses: {error.strerror or error}.") from error


def _exists(name: str) -> ObjectExists:
    return ObjectExists(f"{name} is in the storage already: nothing is written over.")


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
