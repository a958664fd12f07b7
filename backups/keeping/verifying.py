"""Whether a copy is, byte for byte, what was signed for. Nothing is decrypted, and so no key is needed."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from audit.recording import record
from backups.exceptions import BackupRefused, CopyDamaged, ManifestRefused, ObjectMissing
from backups.keeping.damage import IN_STORAGE, hold_against, is_of_bytes
from backups.manifests import Manifest, read_manifest
from backups.models import Backup
from backups.pipeline import BLOCK, HEADER
from backups.storage import Store, open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

logger = logging.getLogger(__name__)
TABLE = Backup._meta.db_table
HEAD = 100
Tell = Callable[[str], None]


def verify(backup: Backup, tell: Tell = lambda _: None, store: Store | None = None) -> int:
    """Read all of a stored copy and compare it with its manifest; how many bytes that were. `tell` hears each object.

    `store`: where it was fetched to from the storage.

    Raises CopyDamaged in words, which are then on the copy and in the log; StorageAway where nothing can be told, and
    BackupRefused where there is no such copy any more: then nothing is noted.
    """
    if not backup.is_stored:
        raise BackupRefused("There is no such copy in the storage: it was never finished, or was removed.")
    with bound_to(CATALOG):
        backup.refresh_from_db(fields=["damage"])  # what is found while we read isn't ours to take back
    try:
        compared = compare(store or open_store("reader"), backup, tell)
    except (ObjectMissing, ManifestRefused, CopyDamaged) as fault:
        note_damage(backup, str(fault))
        raise CopyDamaged(str(fault)) from fault
    _note_good(backup)
    return compared


def compare(store: Store, backup: Backup, tell: Tell = lambda _: None) -> int:
    """The reading itself. Raises ObjectMissing, ManifestRefused, CopyDamaged, StorageAway."""
    manifest = read_manifest(store, backup.folder)
    check_manifest(backup, manifest)
    return check_objects(store, manifest, tell)


def check_objects(store: Store, manifest: Manifest, tell: Tell = lambda _: None) -> int:
    """Each object that a manifest speaks of; how many bytes they have. Raises what `compare` raises of objects."""
    folder, encrypted = manifest["folder"], manifest["objects"]
    compared = 0
    for name, said in {**encrypted, **manifest.get("unencrypted", {})}.items():
        tell(name)
        head = _check_object(store, f"{folder}/{name}", said)
        if name in encrypted and not HEADER.match(head):
            raise CopyDamaged(f"{folder}/{name} doesn't begin as an age file for one key does.")
        compared += said["bytes"]
    return compared


def check_manifest(backup: Backup, manifest: Manifest) -> None:
    """Signed by us is not enough: it must be of this copy. Raises ManifestRefused."""
    whose = str(backup.tenant_id) if backup.tenant_id else None
    if manifest["tenant"] != whose or manifest["database"] != backup.database:
        raise ManifestRefused(f"The manifest in {backup.folder} is another tenant's.")
    if manifest["backup"] != str(backup.pk):
        raise ManifestRefused(f"The manifest in {backup.folder} is another copy's.")
    if manifest != backup.manifest:
        raise ManifestRefused(f"The manifest in {backup.folder} isn't the one that the catalog has noted.")


def _check_object(store: Store, name: str, said: dict[str, Any]) -> bytes:
    """Its first bytes. What is longer than it should be isn't read to its end."""
    digest, size, head = hashlib.sha256(), 0, b""
    with store.read(name) as file:
        while size <= said["bytes"] and (data := file.read(BLOCK)):
            head += data[: HEAD - len(head)]
            size += len(data)
            digest.update(data)
    if size > said["bytes"]:
        raise CopyDamaged(f"{name} has more than its {said['bytes']} bytes.")
    if size < said["bytes"]:
        raise CopyDamaged(f"{name} has {size} bytes and not {said['bytes']}.")
    if digest.hexdigest() != said["sha256"]:
        raise CopyDamaged(
            f"{name} isn't what was stored: its SHA-256 is {digest.hexdigest()} and not {said['sha256']}."
        )
    return head


def note_damage(backup: Backup, words: str) -> None:
    """From now on it counts as good no more. Raises BackupRefused where it was removed meanwhile."""
    with bound_to(CATALOG), transaction.atomic():
        row = _held(backup)
        hold_against(row, IN_STORAGE, words)
    backup.damage = row.damage
    logger.error("Copy %s is damaged: %s", row.pk, words)


def _note_good(backup: Backup) -> None:
    """Also where it was thought damaged: its disk was away, or somebody has put the object back.

    What another reading has found since this one began stands.
    """
    with bound_to(CATALOG), transaction.atomic():
        row = _held(backup)
        row.verified_at = time_of_catalog()
        if row.damage == backup.damage and is_of_bytes(row.damage):
            row.damage = ""
        row.save(update_fields=["verified_at", "damage"])
        record("backups.verified", subject=TABLE, object_id=row.pk, tenant=row.whose, copy=row.name)
    backup.verified_at, backup.damage = row.verified_at, row.damage


def _held(backup: Backup) -> Backup:
    row: Backup = (
        Backup.objects.select_related("tenant").select_for_update(of=("self",), no_key=True).get(pk=backup.pk)
    )
    if not row.is_stored:
        raise BackupRefused("The copy was removed while it was read.")
    return row
