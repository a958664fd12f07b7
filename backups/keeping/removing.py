"""The end of one copy. First it stops counting, then its objects go: what is half gone is never taken for a copy."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.recording import record
from backups.exceptions import BackupRefused, StorageAway
from backups.keeping.guarding import reason_to_keep
from backups.manifests import MANIFEST
from backups.models import Backup
from backups.storage import Store, open_store
from tenants.binding import CATALOG, bound_to

TABLE = Backup._meta.db_table


def remove(backup: Backup, why: str) -> None:
    """Remove a copy from the storage, where the keeper's credential is. `why`: of ours, for the log.

    Raises BackupRefused where it must stay: on hold, in use, the last good one. Raises StorageAway; then it is a copy
    still, or, once its manifest has gone, the rest is left to the next reconciling.
    """
    store = open_store("keeper")
    _end(backup, why)
    try:
        store.delete(f"{backup.folder}/{MANIFEST}")
    except StorageAway:
        _take_back(backup)
        raise
    remove_folder(store, backup.folder)


def remove_folder(store: Store, folder: str) -> int:
    """All objects of one copy or attempt; how many there were."""
    names = [each.name for each in store.list(f"{folder}/")]
    for name in names:
        store.delete(name)
    return len(names)


def _end(backup: Backup, why: str) -> None:
    with bound_to(CATALOG), transaction.atomic():
        row = _locked(backup)
        refusal = reason_to_keep(row)
        if refusal:
            raise BackupRefused(refusal)
        _write_off(row, timezone.now())
        record("backups.removed", subject=TABLE, object_id=row.pk, tenant=row.whose, copy=row.name, why=why)
    backup.removed_at = row.removed_at


def _take_back(backup: Backup) -> None:
    with bound_to(CATALOG), transaction.atomic():
        row = _locked(backup)
        _write_off(row, None)
        record("backups.removed", "failed", subject=TABLE, object_id=row.pk, tenant=row.whose, copy=row.name)
    backup.removed_at = None


def _locked(backup: Backup) -> Backup:
    """A drill or restore of it that begins now waits, and then finds it gone."""
    row: Backup = Backup.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=backup.pk)
    return row


def _write_off(row: Backup, at: datetime | None) -> None:
    row.removed_at = at
    row.save(update_fields=["removed_at"])
