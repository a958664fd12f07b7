"""All copies again and again, the longest unverified first: a little each time."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Now

from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupRefused, CopyDamaged, StorageAway
from backups.keeping.verifying import verify
from backups.models import Backup
from backups.models.moments import is_ahead
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)
AGAIN = timedelta(days=7)
MOST = 5000  # a round: a week of them is every copy of ten thousand tenants twice over
SECONDS = 600.0


def verify_round(seconds: float = SECONDS) -> int:
    """Verify what is due until so many seconds have gone by; how many copies that were, damaged ones too.

    What is damaged already isn't read again: it is somebody's to look at. Ends early where the storage is away.
    """
    until, done = time.monotonic() + seconds, 0
    for pk in _due():
        if time.monotonic() > until:
            break
        try:
            if backup := _still_there(pk):
                verify(backup)
        except (CopyDamaged, BackupRefused) as refusal:
            logger.warning("Copy %s: %s", pk, refusal)
        except StorageAway as trouble:
            logger.error("No copy can be verified: %s", trouble)
            storage_refuses("reader", trouble)
            return done
        done += 1
    if done:
        storage_serves("reader")
    return done


def _due() -> list[UUID]:
    unverified = Q(verified_at=None) | Q(verified_at__lt=Now() - AGAIN) | is_ahead("verified_at")
    with bound_to(CATALOG):
        found = Backup.objects.good().filter(unverified).values_list("pk", flat=True)
        return [*found.order_by(F("verified_at").asc(nulls_first=True), "snapshot_at")[:MOST]]


def _still_there(pk: UUID) -> Backup | None:
    with bound_to(CATALOG):
        return Backup.objects.good().select_related("tenant").filter(pk=pk).first()
