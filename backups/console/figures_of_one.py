"""The strip above one tenant's copies, or the catalog's: how fresh, how proven, how fast, how far back."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from backups.console.history import Past
from backups.console.judged import BAD, GOOD, PLAIN, WARN, Figure, target_of
from backups.models import Backup, Drill, Policy
from backups.targets import DRILLED, FRESH, RTO
from interface.words import ago, day, duration, moment, size


def figures_of_one(past: Past) -> list[Figure]:
    """Four, of good copies and of drills that passed or failed; of whoever is closed how far back the law can look."""
    if past.is_ending:
        return [_last(past.newest_good()), _first(past.oldest_good())]
    decided = Drill.objects.decided().filter(tenant=past.tenant).defer("report")
    return [
        _newest(past.newest_good()),
        _drilled(decided.first()),
        _speed(decided.exclude(rto_seconds=None).first()),
        _oldest(past.oldest_good()),
    ]


def _newest(copy: Backup | None) -> Figure:
    label, target = _("Newest copy"), target_of(FRESH)
    if copy is None or copy.snapshot_at is None:
        return Figure(label, "–", BAD, _("No good copy"), target)
    is_late = copy.snapshot_at < timezone.now() - FRESH
    tone, says = (BAD, _("Too old")) if is_late else (GOOD, _("In time"))
    lines = (moment(copy.snapshot_at), size(copy.stored_bytes or 0))
    return Figure(label, ago(copy.snapshot_at), tone, says, target, None, lines)


def _last(copy: Backup | None) -> Figure:
    """Of a closed customer: it isn't late."""
    label = _("Newest copy")
    if copy is None or copy.snapshot_at is None:
        return Figure(label, "–", PLAIN, _("Nothing opens it any more"), "")
    return Figure(label, ago(copy.snapshot_at), PLAIN, "", "", None, (moment(copy.snapshot_at),))


def _first(at: datetime | None) -> Figure:
    label = _("Oldest restorable point")
    if at is None:
        return Figure(label, "–", PLAIN, "", "")
    return Figure(label, ago(at), PLAIN, "", "", None, (moment(at),))


def _drilled(drill: Drill | None) -> Figure:
    label, target = _("Last drill"), _("Target: every %(days)s days") % {"days": DRILLED.days}
    if drill is None or drill.finished_at is None:
        return Figure(label, "–", WARN, _("Not yet"), target)
    if drill.has_failed:
        tone, says = BAD, _("Failed")
    elif drill.finished_at < timezone.now() - DRILLED:
        tone, says = WARN, _("Overdue")
    else:
        tone, says = GOOD, _("Passed")
    who = (drill.get_absolute_url(), moment(drill.finished_at))
    return Figure(label, ago(drill.finished_at), tone, says, target, who)


def _speed(drill: Drill | None) -> Figure:
    """As the last drill measured it that got so far."""
    label, target = _("Time to restore"), target_of(RTO)
    if drill is None or drill.rto_seconds is None or drill.finished_at is None:
        return Figure(label, "–", PLAIN, _("No drill has passed yet"), target)
    is_late = drill.rto_seconds > RTO.total_seconds()
    tone, says = (BAD, _("Slower than promised")) if is_late else (GOOD, _("Within the target"))
    return Figure(label, duration(drill.rto_seconds), tone, says, target, None, (day(drill.finished_at),))


def _oldest(at: datetime | None) -> Figure:
    days = max((each.keep_days for each in Policy.objects.all()), default=0)
    target = _("Kept by the policy: %(days)d days") % {"days": days}
    label = _("Oldest restorable point")
    if at is None:
        return Figure(label, "–", PLAIN, "", target)
    return Figure(label, ago(at), PLAIN, "", target, None, (moment(at),))
