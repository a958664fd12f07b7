"""How the objects of a copy are opened."""

import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from backups.models import Backup
from backups.pipeline import BLOCK, open_from
from backups.storage import Readable, open_store
from backups.taking import FILES


@contextmanager
def stored(backup: Backup, name: str) -> Iterator[Readable]:
    with open_store("reader").read(f"{backup.folder}/{name}") as file:
        yield file


@contextmanager
def opened_files(backup: Backup, identity: str) -> Iterator[Readable]:
    """The tar of the tenant's files, decrypted while it is read. Raises what opening it raises, at its end."""
    readable, writable = os.pipe()
    with ThreadPoolExecutor(1, thread_name_prefix="decrypt") as beside:
        done = beside.submit(_decrypt_files, backup, identity, writable)
        with os.fdopen(readable, "rb") as stream:
            try:
                yield stream
                while stream.read(BLOCK):
                    """What follows the last file in a tar is its padding."""
            except tarfile.TarError:
                stream.close()
                done.result()
                raise
        done.result()


def _decrypt_files(backup: Backup, identity: str, handle: int) -> None:
    with os.fdopen(handle, "wb") as out, stored(backup, FILES) as file, suppress(BrokenPipeError):
        open_from(file, out, identity)
