"""What a worker does for operators at tenants: it binds itself to one after the other, once the platform asked."""

import logging
from collections.abc import Callable
from uuid import UUID

from celery import shared_task

from console.break_glass import carrying as visits
from console.owner_recovery import carrying as recoveries
from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def carry_break_glass(pk: str) -> None:
    """A question, a second operator's yes or a withdrawal, to the tenant; and its answer back."""
    visits.carry(UUID(pk))


@shared_task(base=UnboundTask)
def carry_recovery(pk: str) -> None:
    """Of an owner: checked, announced, cancelled, or done once its time has come."""
    recoveries.carry(UUID(pk))


@shared_task(base=UnboundTask)
def look_after_tenants() -> None:
    """Each minute: what a lost message or a dead worker left behind, what ends by time, what is due."""
    _each(visits.unfinished, visits.carry)
    _each(recoveries.unfinished, recoveries.carry)


def _each(find: Callable[[], list[UUID]], carry: Callable[[UUID], None]) -> None:
    """One's trouble stops no other."""
    with bound_to(CATALOG):
        found = find()
    for pk in found:
        try:
            carry(pk)
        except Exception:
            logger.exception("%s couldn't be carried to its tenant.", pk)
