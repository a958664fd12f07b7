"""Word to the workers. A message that is lost costs a minute: beat asks for the same."""

import logging

from django.utils.module_loading import import_string

from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY

logger = logging.getLogger(__name__)


def begin_soon() -> None:
    """Have `control` sign what waits, which then has the drill worker begin."""
    _send("prepare_drills")


def go_on() -> None:
    """Have the drill worker take the next."""
    _send("run_next_drill")


def _send(task: str) -> None:
    try:
        with bound_to(CATALOG):
            import_string(f"backups.drilling.tasks.{task}").delay()
    except BROKER_AWAY:
        logger.warning("The broker is away: %s waits for beat's next tick.", task)
