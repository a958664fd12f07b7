"""Files that jobs leave: in the storage of whoever is bound, one folder a job, one below it for each attempt."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone


@contextmanager
def written_whole(path: str) -> Iterator[IO[bytes]]:
    """A stream whose content stands in the storage under `path` once the block has ended well, and not before."""
    with TemporaryFile() as content:
        yield content
        content.seek(0)
        default_storage.save(path, File(content))


def path_of(job_id: UUID, token: int, name: str) -> str:
    return f"jobs/{job_id}/{token}/{PurePosixPath(name).name}"


def name_of(path: str) -> str:
    """What whoever downloads it is offered as a name."""
    return PurePosixPath(path).name


def expiry() -> datetime:
    return timezone.now() + timedelta(hours=settings.AMANA_JOB_FILE_HOURS)


def delete_files_of(job_id: UUID, token: int | None = None) -> None:
    """Every attempt's, or one's."""
    folder = f"jobs/{job_id}"
    for attempt in [str(token)] if token is not None else _names(folder, folders=True):
        for name in _names(f"{folder}/{attempt}", folders=False):
            default_storage.delete(f"{folder}/{attempt}/{name}")
        default_storage.delete(f"{folder}/{attempt}")
    if not _names(folder, folders=True):
        default_storage.delete(folder)


def _names(folder: str, folders: bool) -> list[str]:
    try:
        found = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return found[0] if folders else found[1]
