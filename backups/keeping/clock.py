"""What time it is, for what can't be taken back: our clock alone ends nothing (decision 0081)."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import raise_alarm
from backups.exceptions import EndingRefused
from backups.sentences import sentence
from tenants.clock import time_of_catalog

FURTHEST = timedelta(minutes=5)


def agreed_time() -> datetime:
    """As the catalog's server has it, whatever is bound. Raises EndingRefused, with an alarm, where ours is another."""
    theirs = time_of_catalog()
    apart = abs(timezone.now() - theirs)
    if apart > FURTHEST:
        raise refused(
            sentence(
                gettext_noop(
                    "The clock here and that of the catalog's server are %(seconds)s seconds apart: nothing is ended"
                    " before they agree."
                ),
                seconds=round(apart.total_seconds()),
            )
        )
    return theirs


def refused(says: str) -> EndingRefused:
    """To be raised, with the alarm that somebody must look; the next round of `expiring` that is whole ends it."""
    raise_alarm(AlarmKind.ENDING, None, says)
    return EndingRefused(says)
