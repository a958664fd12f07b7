"""How the objects of a copy are opened."""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from backups.exceptions import CopyDamaged
from backups.manifests import Manifest
from backups.models import Backup
from backups.pipeline import BLOCK, open_from
from backups.storage import Readable, Writable, open_store
from backups.taking import FILES


@contextmanager
def stored(backup: Backup, name: str) -> Iterator[Readable]:
    with open_store("reader").read(f"{backup.folder}/{name}") as file:
        yield file


@contextmanager
def fetched(manifest: Manifest, name: str) -> Iterator[IO[bytes]]:
    """The object as it was signed, encrypted as it is, in a file of our own that has no name and ends with us.

    What pg_restore reads it runs: read from the storage once more, it needn't be what was verified there. Raises
    CopyDamaged before anybody has read any of it; ObjectMissing, StorageAway.
    """
    folder, said = manifest["folder"], manifest["objects"][name]
    own = Path(settings.AMANA_RESTORE_DIR)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=own) as file:
        digest, size = hashlib.sha256(), 0
        with open_store("reader").read(f"{folder}/{name}") as source:
            while size <= said["bytes"] and (data := source.read(BLOCK)):
                digest.update(data)
                size += file.write(data)
        if (size, digest.hexdigest()) != (said["bytes"], said["sha256"]):
            raise CopyDamaged(
                _("%(name)s isn't what was stored: choose another copy.") % {"name": f"{folder}/{name}"}
            )
        yield file


def open_fetched(file: IO[bytes], identity: str, target: Writable) -> None:
    """From its beginning, however often it was read before."""
    file.seek(0)
    open_from(file, target, identity)


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
