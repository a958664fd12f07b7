"""A whole copy in the storage gets its row: after the catalog was lost, or where somebody at a shell says so."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.recording import record
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm
from backups.exceptions import BackupRefused
from backups.keeping.hold_notes import read_hold_notes
from backups.keeping.holding import hold_as_noted
from backups.manifests import Manifest, read_manifest
from backups.models import Backup, Policy, UnclaimedCopy
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant

SPARED = timedelta(days=30)
TABLE = Backup._meta.db_table


def claim_folder(folder: str) -> Backup:
    """What lies there counts again, as its manifest says, and is on hold where the storage says that it was;
    unbound, and where the storage can be read.

    Raises BackupRefused where the catalog has it, or not its tenant; ManifestRefused, ObjectMissing, StorageAway.
    """
    store = open_store("reader")
    manifest, holds = read_manifest(store, folder), read_hold_notes(store)
    with bound_to(CATALOG), transaction.atomic():
        if not claim(manifest, time_of_catalog() + SPARED):
            raise BackupRefused(f"{folder}: the catalog has that copy, or doesn't know its tenant.")
        UnclaimedCopy.objects.filter(pk=folder).delete()
        if not UnclaimedCopy.objects.standing().exists():
            end_alarm(AlarmKind.UNCLAIMED, None)
        copy: Backup = Backup.objects.select_related("tenant").get(pk=manifest["backup"])
        record("backups.claimed", subject=TABLE, object_id=copy.pk, tenant=copy.whose, copy=copy.name)
    hold_as_noted(note for note in holds.values() if note.backup == copy.pk)
    return copy


def claim(manifest: Manifest, spared_until: datetime) -> bool:
    """Its row, new or, where it says that the copy failed, put right; in the catalog. `manifest`: proven to be ours.

    What was known of it is found out anew until `spared_until`: it doesn't end before.

    False where the copy is known, or its tenant isn't.
    """
    tenant = UUID(manifest["tenant"]) if manifest["tenant"] else None
    if tenant and not Tenant.objects.filter(pk=tenant).exists():
        return False
    values = _values(manifest, spared_until)
    wish = {"tenant_id": tenant, "tier": manifest["tier"], "due": values["snapshot_at"]}
    row, is_new = Backup.objects.get_or_create(pk=UUID(manifest["backup"]), defaults={**wish, **values})
    failed = Backup.objects.filter(pk=row.pk, tenant=tenant, state=Backup.State.FAILED)
    return is_new or bool(failed.update(**values, error=""))


def _values(manifest: Manifest, spared_until: datetime) -> dict[str, Any]:
    at = datetime.fromisoformat(manifest["snapshot_at"])
    policy = Policy.objects.filter(tier=manifest["tier"]).first()
    objects = manifest["objects"].values()
    return {
        "state": Backup.State.DONE,
        "folder": manifest["folder"],
        "database": manifest["database"],
        "key_version": manifest["key_version"],
        "snapshot_at": at,
        "manifest": manifest,
        "plain_bytes": sum(each["plain_bytes"] for each in objects),
        "stored_bytes": sum(each["bytes"] for each in objects),
        "expires_at": max(at + policy.kept, spared_until) if policy else None,
        "spared_until": spared_until,
        "finished_at": at,
    }
