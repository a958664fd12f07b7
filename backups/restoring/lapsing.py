"""Restores that nobody goes on with end by themselves.

One that is asked for keeps its copy beyond its time; one that stands ready is all of a customer's data a second time;
and each is in the way of another.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop

from backups.exceptions import EndingRefused, RestoreRefused
from backups.keeping.clock import agreed_time
from backups.models import Restore
from backups.restoring.asking import give_up
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)
State = Restore.State
UNANSWERED = gettext_noop("Nobody went on with it in time.")
UNUSED = gettext_noop("Nobody put it in force in time.")


def lapse(by: str = "beat") -> int:
    """Give up what is due; how many that were. Unbound. Nothing while the clocks disagree."""
    try:
        now = agreed_time()
    except EndingRefused as refusal:
        logger.error("No restore is given up: %s", refusal)
        return 0
    with bound_to(CATALOG):
        return sum(_ended(restore, by) for restore in Restore.objects.filter(_overdue(now)))


def _overdue(now: datetime) -> Q:
    left = now - timedelta(days=settings.AMANA_RESTORE_LEFT_DAYS)
    asked = now - timedelta(days=settings.AMANA_RESTORE_ASKED_DAYS)
    return (
        Q(state__in=Restore.WAITING, requested_at__lt=asked)
        | Q(state=State.READY, ready_at__lt=left)
        | Q(state=State.FAILED, decided_at__lt=left)
    )


def _ended(restore: Restore, by: str) -> bool:
    try:
        give_up(restore, by, UNANSWERED if restore.state in Restore.WAITING else UNUSED)
    except RestoreRefused as refusal:
        logger.info("Restore %s isn't given up: %s", restore.pk, refusal)
        return False
    return True
