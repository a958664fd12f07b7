"""What beat and pages ask for: of `drill`, which can read copies, and of `control`, which can delete them."""

import logging
from uuid import UUID

from celery import Task, shared_task

from backups.alarming.storage import storage_refuses
from backups.exceptions import BackupError, StorageAway
from backups.keeping.anchor_rounds import compare_all_anchors
from backups.keeping.expiring import expire_what_can_be
from backups.keeping.hold_notes import end_hold_notes, write_hold_notes
from backups.keeping.reconciling import reconcile_what_can_be
from backups.keeping.removing import remove
from backups.keeping.verifying import verify
from backups.keeping.verifying_rounds import verify_round
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY, UnboundTask

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


@shared_task(base=UnboundTask)
def write_holds() -> None:
    """Hourly and when somebody puts a copy on hold, by the worker `backup`: beside the copies."""
    try:
        write_hold_notes()
    except StorageAway as trouble:
        logger.error("A hold couldn't be written down beside the copies: %s", trouble)


@shared_task(base=UnboundTask)
def end_holds() -> None:
    """Hourly and when somebody ends a hold: what the storage says of it goes."""
    try:
        end_hold_notes()
    except StorageAway as trouble:
        logger.error("What the storage says of a hold that has ended couldn't be removed: %s", trouble)


def write_holds_soon() -> None:
    """At once, rather than within the hour."""
    _send_soon(write_holds)


def end_holds_soon() -> None:
    """At once, rather than within the hour."""
    _send_soon(end_holds)


def _send_soon(task: "Task[[], None]") -> None:
    try:
        task.delay()
    except BROKER_AWAY:
        logger.warning("The broker is away: the storage is told of holds within the hour that it is back.")


def _copy(pk: str) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=UUID(pk))
        return found
