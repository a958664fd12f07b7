"""What beat asks of `control`, which holds the key store's credential and the master key."""

import logging

from celery import shared_task

from keys.escrow import expire_escrows, make_escrow
from tenants.celery import UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def escrow_keys() -> None:
    """Daily: a copy of the key store."""
    logger.info("The key store was copied: %s", make_escrow().name)


@shared_task(base=UnboundTask)
def end_escrows() -> None:
    """Hourly: certificates rely on no copy being kept beyond its time."""
    for path in expire_escrows():
        logger.info("A copy of the key store has reached its end: %s", path.name)
