"""Each minute, what has become due is written down: once, however many do it and whatever the clock does."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from backups.models import Backup, Pulse
from backups.models.claims import ABANDONED
from backups.models.policies import SCHEDULED
from backups.scheduling.alone import alone_with
from backups.scheduling.moments import UNPLANNED
from tenants.binding import bound_connection
from tenants.clock import time_of_catalog
from tenants.models import TenantQuerySet

OVERTAKEN = "It wasn't taken before the next one was due."


@transaction.atomic
def plan(now: datetime | None = None) -> int:
    """Bound to the catalog: write what is due and wasn't planned, one for each tenant and tier; how many those were.

    Of moments that were missed only the last is caught up. What still waits from an earlier one is given up for it.
    """
    now = now or time_of_catalog()
    alone_with(
        "planning backups"
    )  # the rows' own uniqueness is enough, but two in different order would lock up
    _set_right(now)
    due = [Backup(tenant_id=tenant, tier=tier, due=at) for tenant, tier, at in _unplanned(now)]
    Backup.objects.bulk_create(due, batch_size=1000, ignore_conflicts=True)
    _give_up_the_overtaken(now)
    Pulse.objects.expect(Pulse.WORKERS, now)
    Pulse.objects.beat(Pulse.PLANNER, now)
    return len(due)


def _set_right(now: datetime) -> None:
    """After a clock that went back: what it had planned for moments to come is of now, and gives those moments back.

    A millionth of the way is kept, so that two of one tenant don't meet.
    """
    planner = Pulse.objects.planner()
    if planner is not None and planner.at > now:
        way = ExpressionWrapper((F("due") - Value(now)) / Value(1_000_000), output_field=DurationField())
        ahead = Backup.objects.filter(tier__in=SCHEDULED, due__gt=now)
        ahead.update(due=ExpressionWrapper(Value(now) - way, output_field=DateTimeField()))


def _unplanned(now: datetime) -> list[tuple[UUID | None, str, datetime]]:
    with bound_connection().cursor() as cursor:
        cursor.execute(
            UNPLANNED, {"now": now, "states": [each.value for each in TenantQuerySet.STATES_WITH_DATABASE]}
        )
        found: list[tuple[UUID | None, str, datetime]] = cursor.fetchall()
        return found


def _give_up_the_overtaken(now: datetime) -> None:
    left = _left_over()
    for mine, same in (
        (left.filter(tenant=None), Q(tenant=None)),
        (left.exclude(tenant=None), Q(tenant=OuterRef("tenant"))),
    ):
        later = Backup.objects.filter(same, tier=OuterRef("tier"), due__gt=OuterRef("due"), due__lte=now)
        overtaken = mine.filter(Exists(later))
        overtaken.update(state=Backup.State.FAILED, error=OVERTAKEN, finished_at=now, lease_until=None)


def _left_over() -> QuerySet[Backup]:
    """Nobody's hands are on them."""
    return Backup.objects.filter(Q(state=Backup.State.WAITING) | ABANDONED, tier__in=SCHEDULED)
