"""What beat and people ask of schedules. A message says no more than "look": rows say what for."""

import logging

from celery import shared_task

from backups.scheduling.planning import plan
from backups.scheduling.working import work
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY, TenantTask, UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=TenantTask)
def plan_backups() -> None:
    """Each minute, by the worker `default`: write what is due."""
    plan()


@shared_task(base=UnboundTask, expires=60)
def look_for_work() -> None:
    """Each minute and when somebody asks, by the worker `backup`: take what is due, for ten minutes at most."""
    if work():
        with bound_to(CATALOG):
            wake_worker()


def wake_worker() -> bool:
    """At once, rather than within the minute; whether it was told. Bound to the catalog."""
    try:
        look_for_work.delay()
    except BROKER_AWAY:
        logger.warning("The broker is away: copies are taken once it is back.")
        return False
    return True
