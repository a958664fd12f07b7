"""What the worker `default` is asked for about alarms."""

import logging
from datetime import datetime

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils.module_loading import import_string

from backups.alarming.webhooks import TRIED_WITHIN, NotTaken, post
from tenants.celery import BROKER_AWAY, TenantTask

logger = logging.getLogger(__name__)


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
    """Letters and the webhook, for what nobody was told of yet."""
    import_string("backups.alarming.telling.tell")()


@shared_task(base=TenantTask, expires=TRIED_WITHIN // 2, soft_time_limit=TRIED_WITHIN // 2)
def post_to_webhook(body: str, alarms: list[str], at: str) -> None:
    """What isn't taken is due again a minute later, in the words of then, for as long as it takes."""
    try:
        post(body)
    except (NotTaken, SoftTimeLimitExceeded) as trouble:
        logger.error("The webhook wasn't told of alarms: %s %s", type(trouble).__name__, trouble)
        return
    import_string("backups.alarming.news.note_taken")(alarms, datetime.fromisoformat(at))
