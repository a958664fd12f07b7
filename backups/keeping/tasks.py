"""What beat and pages ask for: of `drill`, which can read copies, and of `control`, which can delete them."""

import logging
from uuid import UUID

from celery import shared_task

from backups.alarming.storage import storage_refuses
from backups.exceptions import BackupError, StorageAway
from backups.keeping.anchor_rounds import compare_all_anchors
from backups.keeping.expiring import expire_what_can_be
from backups.keeping.reconciling import reconcile_what_can_be
from backups.keeping.removing import remove
from backups.keeping.verifying import verify
from backups.keeping.verifying_rounds import verify_round
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def verify_copies() -> None:
    """Hourly: those longest unverified."""
    verify_round()


@shared_task(base=UnboundTask)
def verify_copy(pk: str) -> None:
    """One that somebody asked for; how it stands is on its page, and in the log."""
    try:
        verify(_copy(pk))
    except BackupError as refusal:
        logger.error("Copy %s: %s", pk, refusal)


@shared_task(base=UnboundTask)
def expire_copies() -> None:
    """Hourly: those whose time has come."""
    expire_what_can_be()


@shared_task(base=UnboundTask)
def remove_copy(pk: str, why: str) -> None:
    """One that somebody wants gone."""
    try:
        remove(_copy(pk), why)
    except BackupError as refusal:
        logger.error("Copy %s wasn't removed: %s", pk, refusal)
        if isinstance(refusal, StorageAway):
            storage_refuses("keeper", refusal)


@shared_task(base=UnboundTask)
def reconcile_storage() -> None:
    """Nightly: the storage and the catalog, compared."""
    reconcile_what_can_be()


@shared_task(base=UnboundTask)
def compare_anchors() -> None:
    """Nightly: the anchors in the storage with ours."""
    compare_all_anchors()


def _copy(pk: str) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=UUID(pk))
        return found
