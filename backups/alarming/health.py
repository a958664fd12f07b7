"""What an outside probe is told: ages, counts and kinds of trouble, and nobody's name."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone
from redis.exceptions import RedisError

from backups.alarming.holds import holds_to_look_at
from backups.alarming.keys import escrow_trouble, keys_in_trouble
from backups.alarming.kinds import AlarmKind
from backups.alarming.standing import ours
from backups.alarming.unproven import undrilled, unverified_copies
from backups.alarming.watching import first_allowed, newest_copy_of_catalog, oldest_allowed, with_newest_copy
from backups.alarming.workers import silent_workers
from backups.models import Backup, Drill, Pulse
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import TenancyError

KEY, KEPT_SECONDS = "health-of-backups", 5
Health = dict[str, Any]


def health() -> Health:
    """As it was within the last five seconds, however often it is asked; unbound."""
    found = _recall()
    if found is None:
        found = _look()
        _remember(found)
    return found


def _recall() -> Health | None:
    try:
        found: Health | None = caches["platform"].get(KEY)
    except RedisError:
        return None
    return found


def _remember(found: Health) -> None:
    try:
        caches["platform"].set(KEY, found, KEPT_SECONDS)
    except RedisError:
        return


def _look() -> Health:
    try:
        with bound_to(CATALOG):
            return look()
    except (DatabaseError, TenancyError):
        return {"healthy": False, "problems": ["catalog"], "checked_at": timezone.now().isoformat()}


def look() -> Health:
    """Bound to the catalog."""
    now = timezone.now()
    planner = Pulse.objects.planner()
    alarms = Counter(ours().filter(closed_at=None).values_list("kind", flat=True))
    oldest, stale, never = _ages()
    problems = set(alarms)
    if planner is None or planner.is_silent:
        problems.add(AlarmKind.SCHEDULER)
    counted = {"undrilled": _number(undrilled()), "keys_in_trouble": _number(keys_in_trouble())}
    unverified = unverified_copies().count()
    told = {
        AlarmKind.STALE: stale + never,
        AlarmKind.UNDRILLED: counted["undrilled"],
        AlarmKind.UNVERIFIED: unverified,
        AlarmKind.KEYS: counted["keys_in_trouble"],
        AlarmKind.ESCROW: bool(escrow_trouble()),
        AlarmKind.HOLD: holds_to_look_at().exists(),
    }
    problems |= {kind for kind, number in told.items() if number}
    problems |= {kind for kind, _says in silent_workers()}
    return {
        "healthy": not problems,
        "problems": sorted(str(problem) for problem in problems),
        "checked_at": now.isoformat(),
        "last_planner_tick": _moment(planner.at if planner else None),
        "worst_age_seconds": round((now - oldest).total_seconds()) if oldest else None,
        "stale": stale,
        "never_copied": never,
        "unverified": unverified,
        **counted,
        "open_alarms": dict(alarms),
        **_last_ends(),
    }


def _ages() -> tuple[datetime | None, int, int]:
    """Of the newest good copies the oldest; how many are too old; and who waits too long for a first."""
    tenants, catalog = with_newest_copy(), newest_copy_of_catalog()
    oldest: datetime | None = tenants.aggregate(at=Min("newest_copy_at"))["at"]
    stale = tenants.filter(newest_copy_at__lt=oldest_allowed()).count()
    never = tenants.filter(newest_copy_at=None, created_at__lt=first_allowed()).count()
    if catalog is None:
        return oldest, stale, never
    return min(catalog, oldest or catalog), stale + (catalog < oldest_allowed()), never


def _number(found: Iterable[object]) -> int:
    return sum(1 for _ in found)


def _last_ends() -> Health:
    copy = Backup.objects.filter(state=Backup.State.DONE).order_by("-finished_at").first()
    drill = Drill.objects.decided().first()
    return {
        "last_copy": _moment(copy.finished_at if copy else None),
        "last_drill": _moment(drill.finished_at if drill else None),
        "last_drill_passed": drill.state == Drill.State.DONE if drill else None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
