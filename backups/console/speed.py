"""How long restores take, as drills measured it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, FloatField
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.console.standing import PASSED
from backups.models import Drill
from backups.targets import RTO
from interface.charts import Chart, Point
from interface.words import day, duration

MINUTE = 60
OF_LATE = timedelta(days=90)


class Percentile(Aggregate):
    """The value that this fraction of all doesn't exceed."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Speed:
    """In seconds; None where no drill has passed of late."""

    median: float | None
    slowest: float | None


def speed() -> Speed:
    """Half of the drills that passed within 90 days took no longer, and 95 % of them."""
    measured = Drill.objects.filter(
        PASSED, rto_seconds__isnull=False, finished_at__gte=timezone.now() - OF_LATE
    )
    found = measured.aggregate(
        median=Percentile("rto_seconds", fraction=0.5), slowest=Percentile("rto_seconds", fraction=0.95)
    )
    return Speed(**found)


def speed_chart(drills: Sequence[Drill]) -> Chart:
    """Of drills, newest first."""
    measured = [each for each in drills if each.rto_seconds is not None and each.finished_at]
    return Chart(
        _("Time to restore"),
        _("Each drill that got that far, in minutes."),
        (_("Drill"), _("Time to restore")),
        [_point(each) for each in reversed(measured)],
        target=RTO.total_seconds() / MINUTE,
        most=True,
    )


def _point(drill: Drill) -> Point:
    seconds = drill.rto_seconds or 0.0
    return Point(day(drill.finished_at), seconds / MINUTE, duration(seconds), _address(drill))  # type: ignore[arg-type]


def _address(drill: Drill) -> str:
    try:
        return reverse("drills:drill-detail", args=[drill.pk])
    except NoReverseMatch:
        return ""
