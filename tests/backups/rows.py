"""Rows of copies and drills as pages read them: of copies that nobody took."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from backups.models import Backup, Drill, Tier
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


def copy_row(tenant: Tenant | None, age: timedelta = timedelta(hours=1), **values: Any) -> Backup:
    """One that is stored, as of so long ago."""
    at = timezone.now() - age
    row = {
        "tier": Tier.DAILY,
        "due": at,
        "state": Backup.State.DONE,
        "snapshot_at": at,
        "finished_at": at,
        "plain_bytes": 1000,
        "stored_bytes": 250,
        "expires_at": at + timedelta(days=30),
        **values,
    }
    with bound_to(CATALOG):
        return Backup.objects.create(tenant=tenant, **row)


def drill_row(backup: Backup, age: timedelta = timedelta(hours=1), **values: Any) -> Drill:
    """One that has passed, so long ago."""
    at = timezone.now() - age
    row = {"state": Drill.State.DONE, "requested_at": at, "finished_at": at, "rto_seconds": 60.0, **values}
    with bound_to(CATALOG):
        return Drill.objects.create(backup=backup, tenant=backup.tenant, **row)
