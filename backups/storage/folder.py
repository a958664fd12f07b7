"""Copies in a folder: a mounted disk, or the embedded default."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from backups.exceptions import ObjectMissing, StorageAway
from backups.storage import Readable, Stored, Writable

PARTIAL = ".partial"


class Folder:
    """A `.partial` never counts; what counts is on the disk, name and all."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    @contextmanager
    def write(self, name: str) -> Iterator[Writable]:
        path = self._path(name)
        partial = path.with_name(path.name + PARTIAL)
        with _in_words():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")
        try:
            with _in_words(), file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            with _in_words():
                partial.rename(path)
                _sync_folder(path.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    @contextmanager
    def read(self, name: str) -> Iterator[Readable]:
        try:
            with self._path(name).open("rb") as file:
                yield file
        except FileNotFoundError as error:
            raise ObjectMissing(f"{name} isn't in the storage.") from error

    def list(self, prefix: str = "") -> Iterator[Stored]:
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and not name.endswith(PARTIAL) and name.startswith(prefix):
                found = path.stat()
                yield Stored(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, name: str) -> None:
        path = self._path(name)
        with _in_words():
            path.unlink(missing_ok=True)
            for folder in path.relative_to(self.root).parents:
                if folder.name and not any((self.root / folder).iterdir()):
                    (self.root / folder).rmdir()

    def _path(self, name: str) -> Path:
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root.resolve()) or path == self.root.resolve():
            raise ObjectMissing(f"{name} isn't a name in the storage.")
        return path


@contextmanager
def _in_words() -> Iterator[None]:
    """Full, read-only or not mounted: the reason is the system's own word for it."""
    try:
        yield
    except OSError as error:
        raise StorageAway(f"The storage refuses: {error.strerror or error}.") from error


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
