"""Attempts to sign in, in axes' table: counted before the password is looked at, and given back where it was right.

To look first and count afterwards would let as many guesses through as come at the same moment.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from accounts.limits import counting
from tenants.binding import bound_alias

AT_ONCE = 100  # expired rows removed in one go


@dataclass(frozen=True)
class Attempt:
    """`wait`: 0 where the password may be looked at, else in how many seconds that will be.

    `is_last`: with it the limit is reached, should the password be wrong.
    """

    key: str
    spot: str | None
    wait: int = 0
    is_last: bool = False


@dataclass(frozen=True)
class Failures:
    """A row that still counts: how many, from where, and when was the last."""

    spot: str | None
    number: int
    last_at: datetime


def begin(key: str, spot: str | None) -> Attempt:
    """Count an attempt with `key` from `spot`, unless there were too many. Stays, whatever becomes of the request.

    Raises RuntimeError inside a transaction, whose rollback would take the count back.
    """
    now = timezone.now()
    with transaction.atomic(using=bound_alias(), durable=True):
        counting.held("sign-in", key, settings.AXES_COOLOFF_TIME)
        until = free_at(failures(key, now), spot)
        if until:
            return Attempt(key, spot, wait=max(1, ceil((until - now).total_seconds())))
        is_new = _count(key, spot, now)
        is_last = free_at(failures(key, now), spot) is not None
    if is_new:
        forget_expired()
        counting.forget_expired()
    return Attempt(key, spot, is_last=is_last)


def give_back(attempt: Attempt) -> None:
    """The password was right: what was wrong before from the same spot counts no more."""
    _rows(attempt.key).filter(ip_address=attempt.spot).delete()


def failures(key: str, now: datetime | None = None) -> list[Failures]:
    """Oldest first."""
    counted = _rows(key).filter(attempt_time__gt=_threshold(now or timezone.now())).order_by("attempt_time")
    return [
        Failures(*row) for row in counted.values_list("ip_address", "failures_since_start", "attempt_time")
    ]


def shut_keys() -> frozenset[str]:
    """Those with which somebody can't try now, at one spot or another. One query, of what still counts."""
    counted: dict[str, list[Failures]] = defaultdict(list)
    for row in AccessAttempt.objects.filter(attempt_time__gt=_threshold(timezone.now())).order_by(
        "attempt_time"
    ):
        counted[row.username or ""].append(
            Failures(row.ip_address, row.failures_since_start, row.attempt_time)
        )
    return frozenset(
        key for key, there in counted.items() if any(free_at(there, each.spot) for each in there)
    )


def free_at(counted: list[Failures], spot: str | None) -> datetime | None:
    """When somebody at `spot` may try again; None where they may now."""
    here = [each for each in counted if each.spot == spot]
    ends = (
        _end_of(here, settings.AXES_FAILURE_LIMIT),
        _end_of(counted, settings.AMANA_FAILURES_IN_ALL),
    )
    return max(filter(None, ends), default=None)


def _end_of(counted: list[Failures], limit: int) -> datetime | None:
    """When so many of these are forgotten that fewer than `limit` are left."""
    left, end = sum(each.number for each in counted), None
    for each in counted:
        if left < limit:
            break
        left -= each.number
        end = each.last_at + settings.AXES_COOLOFF_TIME
    return end


def forget_expired() -> int:
    """Removes rows that count no more, but for those that somebody else is at."""
    with transaction.atomic(using=bound_alias()):
        expired = AccessAttempt.objects.filter(attempt_time__lte=_threshold(timezone.now()))
        rows = [
            *expired.select_for_update(skip_locked=True).order_by().values_list("pk", flat=True)[:AT_ONCE]
        ]
        AccessAttempt.objects.filter(pk__in=rows).delete()
    return len(rows)


def _count(key: str, spot: str | None, now: datetime) -> bool:
    """Whether it is the first there."""
    still_counts = When(attempt_time__gt=_threshold(now), then=F("failures_since_start") + 1)
    changed = {"failures_since_start": Case(still_counts, default=Value(1)), "attempt_time": now}
    if _rows(key).filter(ip_address=spot).update(**changed):
        return False
    AccessAttempt.objects.create(username=key, ip_address=spot, failures_since_start=1)
    return True


def _rows(key: str) -> "QuerySet[AccessAttempt]":
    return AccessAttempt.objects.filter(username=key)


def _threshold(now: datetime) -> datetime:
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return now - cool_off
