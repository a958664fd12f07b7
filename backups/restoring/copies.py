"""What is checked of a copy before anything is made of it, and how its objects are opened."""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from backups.exceptions import CopyDamaged
from backups.manifests import Manifest, read_manifest
from backups.models import Backup
from backups.pipeline import BLOCK, open_from
from backups.storage import Readable, Store, open_store
from backups.taking import FILES


def check(backup: Backup) -> Manifest:
    """Its manifest, once the signature holds and every object is as the manifest says.

    Raises CopyDamaged, ManifestRefused, ObjectMissing, StorageAway.
    """
    store = open_store("reader")
    manifest = read_manifest(store, backup.folder)
    tenant = str(backup.tenant_id) if backup.tenant_id else None
    if (manifest["tenant"], manifest["backup"]) != (tenant, str(backup.pk)):
        raise CopyDamaged("What lies in the place of this copy is another tenant's, or another copy.")
    for name, said in manifest["objects"].items():
        found = _size_and_digest(store, f"{backup.folder}/{name}")
        if found != (said["bytes"], said["sha256"]):
            raise CopyDamaged(
                f"{name} isn't as it was stored: the copy can't be restored. Choose another one."
            )
    return manifest


def _size_and_digest(store: Store, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with store.read(name) as file:
        while data := file.read(BLOCK):
            size += len(data)
            digest.update(data)
    return size, digest.hexdigest()


@contextmanager
def stored(backup: Backup, name: str) -> Iterator[Readable]:
    with open_store("reader").read(f"{backup.folder}/{name}") as file:
        yield file


@contextmanager
def opened_files(backup: Backup, identity: str) -> Iterator[Readable]:
    """The tar of the tenant's files, decrypted while it is read. Raises what opening it raises, at the latest at its end."""
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
