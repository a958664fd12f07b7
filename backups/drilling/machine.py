"""What drills and restores need of their machines, and how it is said that these fail: never as the copy's fault."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import OperationalError as CatalogFailed
from django.utils.translation import gettext_noop
from psycopg import OperationalError
from psycopg.errors import DiskFull

from backups.alarming.storage import is_full
from backups.exceptions import MachineFailed, StorageAway
from backups.sentences import sentence, words_of

# Nothing that the copy could help: another try may find the storage, the server or room back.
PASSING = (MachineFailed, StorageAway, OperationalError, CatalogFailed, OSError)
# What a name in an archive can bring about; any other trouble with a file is the disk's.
OF_THE_NAME = (errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.ELOOP)
# In the words of pg_restore, or of the server that it restores to.
OF_THE_SERVER = re.compile(
    r"No space left on device|Disk quota exceeded|Input/output error|out of (shared )?memory|too many clients"
    r"|server closed the connection|terminating connection|connection to server|the database system is"
)
FULL_SERVER = re.compile(r"No space left on device|Disk quota exceeded")
FULL_WORDS = gettext_noop("The server that is restored to has no room left.")
GONE_WORDS = gettext_noop("The server that is restored to failed, or went away.")


def check_room(folder: Path, needed: int) -> None:
    """Raises MachineFailed where so many bytes don't go into it."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise MachineFailed(
            sentence(
                gettext_noop(
                    "The drill worker's disk has %(free)s bytes free, and this copy needs %(needed)s."
                ),
                free=free,
                needed=needed,
            )
        )


class Spooled:
    """A file on our own disk, written at once. Raises MachineFailed, so that it isn't taken for the storage."""

    def __init__(self, handle: int, worker: str) -> None:
        self.handle, self.worker = handle, worker

    def write(self, data: bytes, /) -> int:
        left = memoryview(data)
        with on_our_disk(self.worker):
            while left:
                left = left[os.write(self.handle, left) :]
        return len(data)


@contextmanager
def spooled(path: Path, worker: str = "drill") -> Iterator[Spooled]:
    with on_our_disk(worker):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    try:
        yield Spooled(handle, worker)
    finally:
        with on_our_disk(worker):
            os.close(handle)


@contextmanager
def on_our_disk(worker: str = "drill") -> Iterator[None]:
    """`worker`: whose disk it is, in the words of whoever mends it."""
    try:
        yield
    except OSError as error:
        raise MachineFailed(_of_disk(error, worker)) from error


def machine_words(trouble: BaseException) -> str:
    """Of what PASSING names, without what a program said: it goes into letters."""
    if isinstance(trouble, DiskFull) or isinstance(trouble.__cause__, DiskFull):
        return sentence(FULL_WORDS)
    if isinstance(trouble, CatalogFailed):
        return sentence(gettext_noop("The catalog doesn't answer the drill worker."))
    if isinstance(trouble, OperationalError):
        return sentence(GONE_WORDS)
    return _of_disk(trouble) if isinstance(trouble, OSError) else words_of(trouble)


def check_words_of_server(said: str) -> None:
    """Raises MachineFailed where a program failed at the server, and not at what it was given."""
    if words := words_of_server(said):
        raise MachineFailed(words)


def words_of_server(said: str) -> str:
    """Our own; "" where what a program said isn't about its server."""
    if FULL_SERVER.search(said):
        return sentence(FULL_WORDS)
    return sentence(GONE_WORDS) if OF_THE_SERVER.search(said) else ""


def _of_disk(error: OSError, worker: str = "drill") -> str:
    if is_full(error):
        return sentence(gettext_noop("The %(worker)s worker's disk is full."), worker=worker)
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return sentence(gettext_noop("The %(worker)s worker's disk fails: %(why)s."), worker=worker, why=why)
