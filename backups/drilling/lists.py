"""The list of drills: how it can be narrowed, and the numbers above it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups.drilling.coverage import Coverage
from backups.models import Drill
from backups.models.drills import STOPPED, DrillQuerySet
from interface.tabs import Tab

OUTCOMES = {
    "": Q(),
    "passed": Q(state=Drill.State.DONE),
    "failed": Q(state=Drill.State.FAILED) & ~STOPPED,
    "unfinished": Q(state__in=[Drill.State.WAITING, Drill.State.RUNNING]),
}


@dataclass(frozen=True)
class Stat:
    """As components/stat.html needs it."""

    label: str
    number: str
    unit: str = ""
    target: str = ""
    delta: str = ""
    points: tuple[float, ...] = ()


def drills_asked_for(outcome: str) -> DrillQuerySet:
    """Newest first; what makes no sense in the address is left out."""
    known = Drill.objects.select_related("tenant", "backup").order_by("-requested_at")
    return known.filter(OUTCOMES.get(outcome, Q()))


def tabs_of(outcome: str) -> list[Tab]:
    chosen = outcome if outcome in OUTCOMES else ""
    counts = {name: Count("pk", filter=asked) for name, asked in OUTCOMES.items() if name}
    numbers = Drill.objects.order_by().aggregate(all=Count("pk"), **counts)
    labels = {
        "": _("All"),
        "passed": _("Passed"),
        "failed": _("Failed"),
        "unfinished": _("Waiting or running"),
    }
    where = reverse("drills:drill-list")
    return [
        Tab(label, f"{where}?outcome={name}" if name else where, numbers[name or "all"], name == chosen)
        for name, label in labels.items()
    ]


def stats_of(seen: Coverage) -> list[Stat]:
    days = settings.AMANA_DRILL_DAYS
    within = ngettext("within %(days)s day", "within %(days)s days", days) % {"days": days}
    return [
        Stat(_("Tenants drilled"), f"{seen.drilled} / {seen.tenants}", target=within),
        Stat(_("Of all tenants"), str(seen.percent), "%", target=_("Target: 100 %")),
        Stat(_("Of all bytes"), str(seen.percent_of_bytes), "%", target=_("Target: 100 %")),
        Stat(_("Longest undrilled"), *_longest(seen), target=within),
    ]


def _longest(seen: Coverage) -> tuple[str, str]:
    if not seen.longest:
        return "–", ""
    at = getattr(seen.longest[0], "last_drill", None)
    return (_("never"), "") if at is None else (str((timezone.now() - at).days), _("days"))
