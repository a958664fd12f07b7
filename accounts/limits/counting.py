"""How often something was done: a row each, locked while it is counted. Who comes at the same moment counts, too."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.limits.keys import digest
from accounts.limits.rates import RATES
from accounts.models import Counted
from tenants.binding import bound_alias

AT_ONCE = 100  # expired rows removed in one go


@dataclass(frozen=True)
class Taken:
    """`wait`: 0 where it may be done, else in how many seconds. `is_news`: the first refusal of this span."""

    wait: int
    is_news: bool


def take(limit: str, by: str, value: str) -> Taken:
    """Count one more of `limit` (a key of RATES) by `value`. Stays, whatever becomes of the request.

    Raises RuntimeError inside a transaction, whose rollback would take the count back.
    """
    rate, name = RATES[limit][by], f"{limit} by {by}"
    with transaction.atomic(using=bound_alias(), durable=True):
        row = held(name, digest(name, value), timedelta(seconds=rate.seconds))
        is_new = row.count == 0
        if row.count <= rate.times:  # what comes after the first refusal changes nothing
            row.count += 1
            row.save(update_fields=["count", "ends_at"])
            is_news = row.count > rate.times
        else:
            is_news = False
    if is_new:
        forget_expired()
    wait = (row.ends_at - timezone.now()).total_seconds() if row.count > rate.times else 0
    return Taken(max(1, round(wait)) if wait else 0, is_news)


def held(name: str, whose: str, span: timedelta) -> Counted:
    """Inside a transaction: the row, from nought where its span is over. Whoever else wants it waits."""
    now = timezone.now()
    row, _ = Counted.objects.select_for_update().get_or_create(
        limit=name, whose=whose, defaults={"count": 0, "ends_at": now + span}
    )
    if row.ends_at <= now:
        row.count, row.ends_at = 0, now + span
    return row


def forget_expired() -> None:
    """Removes rows whose span is over, but for those that somebody else is at."""
    with transaction.atomic(using=bound_alias()):
        expired = Counted.objects.filter(ends_at__lte=timezone.now()).select_for_update(skip_locked=True)
        Counted.objects.filter(pk__in=[*expired.values_list("pk", flat=True)[:AT_ONCE]]).delete()
