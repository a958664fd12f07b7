"""What the worker `restore` does by itself: each minute it looks for what a dead one left, and for what is over."""

import logging
from uuid import UUID

from celery import shared_task

from backups.models import Restore
from backups.restoring.beside import drop_what_is_over
from backups.restoring.carrying import carry
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import RESTORING, left_behind
from tenants.celery import UnboundTask
from tenants.models import Operation

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def look_after_restores() -> None:
    """What was cut off goes on, in place is put in force once it is ready, what is over is dropped."""
    for operation_id in [*left_behind(RESTORING), *_ready_in_place(), *_to_be_retired()]:
        try:
            carry(operation_id)
        except Exception:
            logger.exception("Operation %s failed again; its page says why.", operation_id)
    drop_what_is_over()


def _to_be_retired() -> list[UUID]:
    """In force, and the one that was replaced isn't shut yet: nobody can ask for that, so it is tried each minute."""
    with bound_to(CATALOG):
        swaps = Operation.objects.filter(state=Operation.State.FAILED, swapped__state=Restore.State.SWAPPED)
        for swap in swaps:
            swap.queue()
        return [swap.pk for swap in swaps]


def _ready_in_place() -> list[UUID]:
    """Restored, and the worker died before it asked to put it in force."""
    with bound_to(CATALOG):
        ready = Restore.objects.filter(
            in_place=True, state=Restore.State.READY, swap=None, operation__state=Operation.State.DONE
        )
        return [*ready.values_list("operation", flat=True)]
