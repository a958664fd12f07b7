"""Restores that nobody goes on with end by themselves.

One that is asked for keeps its copy beyond its time; one that stands ready is all of a customer's data a second time;
and each is in the way of another.
"""

import logging

from django.utils.translation import gettext_noop

from backups.exceptions import EndingRefused, RestoreRefused
from backups.keeping.clock import agreed_time
from backups.models import Restore
from backups.restoring.asking import give_up
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)
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
        unfinished = Restore.objects.filter(state__in=Restore.OPEN)
        return sum(_ended(each, by) for each in unfinished if each.lapses_at and each.lapses_at < now)


def _ended(restore: Restore, by: str) -> bool:
    try:
        give_up(restore, by, UNANSWERED if restore.state in Restore.WAITING else UNUSED)
    except RestoreRefused as refusal:
        logger.info("Restore %s isn't given up: %s", restore.pk, refusal)
        return False
    return True
