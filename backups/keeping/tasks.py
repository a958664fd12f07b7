"""What beat and pages ask for: of `drill`, which can read copies, and of `control`, which can delete them."""

import logging

from celery import Task, shared_task

from backups.exceptions import StorageAway
from backups.keeping.anchor_rounds import compare_all_anchors
from backups.keeping.expiring import expire_what_can_be
from backups.keeping.hold_notes import end_hold_notes, write_hold_notes
from backups.keeping.reconciling import reconcile_what_can_be
from backups.keeping.verifying_rounds import verify_round
from tenants.celery import BROKER_AWAY, UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def verify_copies() -> None:
    """Hourly: those longest unverified."""
    verify_round()


@shared_task(base=UnboundTask)
def expire_copies() -> None:
    """Hourly: those whose time has come."""
    expire_what_can_be()


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
