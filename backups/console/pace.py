"""How long copies take, as their workers measured it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.models import Backup
from interface.charts import Chart, Point
from interface.words import day, duration

MINUTE = 60
COUNTED_IN_MINUTES = 5 * MINUTE  # where the longest takes so long: seconds are easily read below


def pace_chart(copies: Sequence[Backup]) -> Chart:
    """Of copies, newest first: from when a worker took each up to when it was stored."""
    taken = [(each, each.seconds_taken) for each in reversed(copies) if each.is_stored]
    measured = [(each, seconds) for each, seconds in taken if seconds is not None]
    in_minutes = max((seconds for _each, seconds in measured), default=0) >= COUNTED_IN_MINUTES
    return Chart(
        _("Time to take a copy"),
        _("What each took, in minutes.") if in_minutes else _("What each took, in seconds."),
        (pgettext_lazy("a backup", "Copy"), _("Time to take a copy")),
        [_point(each, seconds, MINUTE if in_minutes else 1) for each, seconds in measured],
    )


def _point(backup: Backup, seconds: float, unit: int) -> Point:
    url = reverse("backups:copy-detail", args=[backup.pk])
    return Point(day(backup.snapshot_at or backup.due), seconds / unit, duration(seconds), url)
