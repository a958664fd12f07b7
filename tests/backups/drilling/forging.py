"""Copies altered by somebody who holds every key of ours, so that nothing but what is inside gives them away."""

import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import zstandard

from backups.manifests import MANIFEST, SIGNATURE, publish
from backups.models import Backup
from backups.pipeline import open_from, seal_into
from backups.storage.folder import Folder
from backups.taking import DUMP
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import identity_of


def alter(backup: Backup, storage: Folder, change: Callable[[bytes], bytes], name: str = DUMP) -> None:
    """Decrypt an object, change it, encrypt it again to the same key, and sign a manifest that knows of it."""
    opened = io.BytesIO()
    with storage.read(f"{backup.folder}/{name}") as file:
        open_from(file, opened, identity_of(backup.tenant))
    changed = change(opened.getvalue())
    assert changed != opened.getvalue()
    storage.delete(f"{backup.folder}/{name}")
    sealed = seal_into(storage, f"{backup.folder}/{name}", io.BytesIO(changed), backup.manifest["recipient"])
    believe(backup, storage, name, sealed.as_dict())


def encrypt_for_two(backup: Backup, storage: Folder, name: str = DUMP) -> None:
    """For the tenant's key, and for one of Mallory's."""
    path = Path(storage.root) / backup.folder / name
    opened = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(identity_of(backup.tenant))])
    to = [backup.manifest["recipient"], str(pyrage.x25519.Identity.generate().to_public())]
    path.write_bytes(pyrage.encrypt(opened, [pyrage.x25519.Recipient.from_str(each) for each in to]))
    content = path.read_bytes()
    plain = len(zstandard.ZstdDecompressor().stream_reader(io.BytesIO(opened)).read())
    believe(backup, storage, name, described(content, plain))


def described(content: bytes, plain_bytes: int) -> dict[str, Any]:
    return {"plain_bytes": plain_bytes, "bytes": len(content), "sha256": sha256(content).hexdigest()}


def believe(backup: Backup, storage: Folder, name: str, said: dict[str, Any]) -> None:
    """The manifest, signed anew, and the catalog say what was put there."""
    manifest = {**backup.manifest, "objects": {**backup.manifest["objects"], name: said}}
    for each in (SIGNATURE, MANIFEST):
        storage.delete(f"{backup.folder}/{each}")
    publish(storage, backup.folder, manifest)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=backup.pk).update(manifest=manifest)
