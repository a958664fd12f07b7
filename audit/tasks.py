"""What beat asks for: sealing, of the worker `seal`; and watching it, of any other."""

import logging

from celery import shared_task

from audit.rounds import seal_everything
from audit.watching import watch
from tenants.celery import TenantTask, UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def seal_activity() -> None:
    """Every 15 seconds: seal what is new in every database, anchor it, keep the months."""
    seal_everything()


@shared_task(base=TenantTask)
def watch_sealing() -> None:
    """Every 15 seconds: open and close alarms."""
    for trouble in watch():
        logger.error("%s", trouble.says)
