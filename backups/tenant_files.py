"""The files of one tenant as a tar stream, made while it is read."""

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from backups.storage import Readable
from tenants.places import Place

# Results of jobs: exports that end within hours, and that whoever asked can ask for again.
LEFT_OUT = "jobs"


@dataclass
class Told:
    """What went into the tar. `digest`: SHA-256 over "name NUL size NUL sha256 LF" of each file, by name."""

    files: int = 0
    file_bytes: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    trouble: BaseException | None = None

    def add(self, name: str, content: "Hashing") -> None:
        self.files += 1
        self.file_bytes += content.bytes
        self.digest.update(f"{name}\0{content.bytes}\0{content.digest.hexdigest()}\n".encode())

    def as_dict(self) -> dict[str, Any]:
        return {"files": self.files, "file_bytes": self.file_bytes, "digest": self.digest.hexdigest()}


class Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.bytes, self.digest = file, 0, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self.file.read(size)
        self.bytes += len(data)
        self.digest.update(data)
        return data


def folder_of(place: Place) -> Path:
    return Path(settings.MEDIA_ROOT) / place.alias


@contextmanager
def files_of(folder: Path, told: Told) -> Iterator[Readable]:
    """A tar of everything below `folder`, read to its end; `told` is filled meanwhile. Raises what reading raises."""
    readable, writable = os.pipe()
    writer = threading.Thread(target=_write, args=(folder, writable, told), daemon=True)
    writer.start()
    with os.fdopen(readable, "rb") as stream:
        yield stream
        if told.trouble:
            raise told.trouble
    writer.join()
    if told.trouble:
        raise told.trouble


def _write(folder: Path, handle: int, told: Told) -> None:
    try:
        with (
            os.fdopen(handle, "wb") as out,
            tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            for path in _paths(folder):
                _add(tar, path, path.relative_to(folder).as_posix(), told)
    except BrokenPipeError:
        """Whoever reads has stopped, and knows why."""
    except BaseException as trouble:  # noqa: BLE001 - raised again where it is read
        told.trouble = trouble


def _add(tar: tarfile.TarFile, path: Path, name: str, told: Told) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # removed since it was listed: as if the snapshot were a moment later
    with file:
        hashing = Hashing(file)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = (
            os.fstat(file.fileno()).st_size,
            0o600,
            int(os.fstat(file.fileno()).st_mtime),
        )
        tar.addfile(entry, hashing)
        told.add(name, hashing)


def _paths(folder: Path) -> Iterator[Path]:
    """Regular files only: a symbolic link leads where it likes."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return (path for path in found if path.relative_to(folder).parts[0] != LEFT_OUT)


def unpack(stream: Readable, folder: Path, told: Told) -> None:
    """The way back: every file below `folder`, which is refused to names that lead out of it."""
    with tarfile.open(fileobj=io.BufferedReader(_Raw(stream)), mode="r|") as tar:
        for entry in tar:
            target = (folder / entry.name).resolve()
            if not entry.isreg() or not target.is_relative_to(folder.resolve()):
                raise tarfile.OutsideDestinationError(entry, str(target))
            content = Hashing(tar.extractfile(entry))  # type: ignore[arg-type]
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
                while data := content.read(1 << 17):
                    out.write(data)
            told.add(entry.name, content)


class _Raw(io.RawIOBase):
    def __init__(self, stream: Readable) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
