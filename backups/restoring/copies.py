"""How the objects of a copy are opened."""

import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from backups.pipeline import BLOCK, open_from
from backups.storage import Readable, Store, Writable
from backups.taking import DUMP, FILES


def open_dump(store: Store, folder: str, identity: str, target: Writable) -> None:
    with store.read(f"{folder}/{DUMP}") as file:
        open_from(file, target, identity)


@contextmanager
def opened_files(store: Store, folder: str, identity: str) -> Iterator[Readable]:
    """The tar of the tenant's files, decrypted while it is read. Raises what opening it raises, at its end."""
    readable, writable = os.pipe()
    with ThreadPoolExecutor(1, thread_name_prefix="decrypt") as beside:
        done = beside.submit(_decrypt_files, store, f"{folder}/{FILES}", identity, writable)
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


def _decrypt_files(store: Store, name: str, identity: str, handle: int) -> None:
    with os.fdopen(handle, "wb") as out, store.read(name) as file, suppress(BrokenPipeError):
        open_from(file, out, identity)
