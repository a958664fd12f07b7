"""Copies as rows, with a few bytes in the storage for each: what keeping decides, it decides by these."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from backups.models import Backup, Tier
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

OBJECTS = ("database.dump.zst.age", "manifest.json", "manifest.sig")


def copy_of(tenant: Tenant | None, store: Folder, days: float, tier: str = Tier.DAILY, **said: Any) -> Backup:
    """A stored copy as of so many days ago."""
    at = timezone.now() - timedelta(days=days)
    database = tenant.schema_name if tenant else "catalog"
    with bound_to(CATALOG):
        backup = Backup.objects.create(
            tenant=tenant, tier=tier, due=at, state="done", snapshot_at=at, finished_at=at, database=database
        )
        backup.folder = f"{database}/{at:%Y%m%dT%H%M%SZ}-{tier}-{backup.id.hex[-8:]}-1"
        backup.manifest = {"objects": {OBJECTS[0]: {"bytes": 1, "sha256": ""}}}
        for name, value in said.items():
            setattr(backup, name, value)
        backup.save()
    for name in OBJECTS:
        with store.write(f"{backup.folder}/{name}") as file:
            file.write(b"x")
    return backup


def there(store: Folder, backup: Backup) -> bool:
    return bool([*store.list(f"{backup.folder}/")])


def now(backup: Backup) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=backup.pk)
        return found
