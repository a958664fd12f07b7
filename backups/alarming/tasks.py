"""What the worker `default` is asked for about alarms."""

import logging

from celery import shared_task

from tenants.celery import BROKER_AWAY, TenantTask

logger = logging.getLogger(__name__)


def wake_teller() -> None:
    """At once, rather than within the minute. Bound to the catalog."""
    try:
        tell_alarms.delay()
    except BROKER_AWAY:
        logger.warning("The broker is away: alarms are told once it is back.")


@shared_task(base=TenantTask, expires=60)
def tell_alarms() -> None:
    """Letters and the webhook, for alarms that nobody was told of yet."""
