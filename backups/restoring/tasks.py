"""What the worker `restore` does by itself: each minute it looks for what a dead one left, and for what is over."""

import logging
from uuid import UUID

from celery import shared_task

from backups.living import alive
from backups.models import Pulse, Restore
from backups.restoring.beside import drop_what_is_over
from backups.restoring.carrying import carry
from backups.restoring.fetching import remove_left
from backups.restoring.lapsing import lapse
from backups.restoring.waiting import queued, take_up_again
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import RESTORING, left_behind
from tenants.celery import UnboundTask
from tenants.models import Operation

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def look_after_restores() -> None:
    """What was cut off, or waited for the storage, goes on; in place is put in force once it is ready; what is over is
    shut and dropped; what nobody goes on with is given up.
    """
    with alive(Pulse.RESTORE):
        _look_after()


def _look_after() -> None:
    for operation_id in [
        *left_behind(RESTORING),
        *take_up_again(),
        *_ready_in_place(),
        *_not_shut_yet(),
    ]:
        try:
            carry(operation_id)
        except Exception:
            logger.exception("Operation %s failed again; its page says why.", operation_id)
    lapse()
    drop_what_is_over()
    remove_left()


def _ready_in_place() -> list[UUID]:
    """Restored, and the worker died before it asked to put it in force."""
    with bound_to(CATALOG):
        ready = Restore.objects.filter(
            in_place=True, state=Restore.State.READY, swap=None, operation__state=Operation.State.DONE
        )
        return [*ready.values_list("operation", flat=True)]


def _not_shut_yet() -> list[UUID]:
    """In force, and shutting what was replaced has failed: it is tried until that succeeds."""
    failed = Operation.objects.filter(swapped__state=Restore.State.SWAPPED, state=Operation.State.FAILED)
    with bound_to(CATALOG):
        return queued([*failed])
