"""What the worker `default` is asked for about alarms."""

import logging
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils.module_loading import import_string

from backups.alarming.webhooks import NotTaken, post
from tenants.celery import BROKER_AWAY, TenantTask

logger = logging.getLogger(__name__)
FIRST_BREAK = 15  # seconds; each next one twice as long, the last a quarter of an hour
TRIES_AGAIN = 6


def wake_teller() -> None:
    """At once, rather than within the minute. Bound to the catalog."""
    try:
        tell_alarms.delay()
    except BROKER_AWAY:
        logger.warning("The broker is away: alarms are told once it is back.")


@shared_task(base=TenantTask)
def watch_backups() -> None:
    """Each minute: open and close what the rows tell, then tell of it."""
    import_string("backups.alarming.watching.watch")()
    import_string("backups.alarming.telling.tell")()


@shared_task(base=TenantTask, expires=60)
def tell_alarms() -> None:
    """Letters and the webhook, for alarms that nobody was told of yet."""
    import_string("backups.alarming.telling.tell")()


@shared_task(bind=True, base=TenantTask, max_retries=TRIES_AGAIN, soft_time_limit=30)
def post_to_webhook(self: Any, body: str) -> None:
    """Tried for a quarter of an hour; what couldn't be told then stands on operators' pages and in their letters."""
    try:
        post(body)
    except (NotTaken, SoftTimeLimitExceeded) as trouble:
        if self.request.retries >= TRIES_AGAIN:
            logger.error("The webhook wasn't told of an alarm: %s", type(trouble).__name__)
            return
        raise self.retry(countdown=FIRST_BREAK * 2**self.request.retries) from trouble
