"""A clock that runs ahead, or a policy of one day, ends nothing before a person has looked."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from audit.models import Alarm
from backups.keeping.expiring import FEW, expire, expire_what_can_be
from backups.models import Backup, Policy
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.keeping.copies_in_rows import copy_of


@pytest.fixture(autouse=True)
def month(catalog: None, acme: Tenant, store: Folder) -> None:
    """A copy of each of the last thirty days, the newest of them proven; nobody else has any."""
    with bound_to(CATALOG):
        Alarm.objects.all().delete()
        Backup.objects.all().delete()
    at = timezone.now()
    for day in range(30):
        copy_of(acme, store, day + 0.5, drilled_at=at, verified_at=at)


def there() -> set[UUID]:
    with bound_to(CATALOG):
        return {*Backup.objects.stored().values_list("pk", flat=True)}


def alarms() -> list[str]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(kind="many", closed_at=None).values_list("says", flat=True)]


def days_pass(days: float) -> None:
    """As a clock that jumps ahead makes it seem."""
    with bound_to(CATALOG):
        for each in Backup.objects.all():
            each.snapshot_at -= timedelta(days=days)
            each.save(update_fields=["snapshot_at"])


def test_a_clock_ninety_days_ahead_ends_nothing(acme: Tenant, store: Folder) -> None:
    before = there()
    days_pass(90)
    copy_of(
        acme, store, 0, drilled_at=timezone.now(), verified_at=timezone.now()
    )  # whoever believes it takes one
    assert expire_what_can_be().removed == []
    assert before < there()
    assert alarms() == [
        "30 of 31 copies would end: see that the clock and the policies are right, then expire_backups."
    ]
    days_pass(-90)
    expire_what_can_be()
    assert (alarms(), before < there()) == ([], True)


def test_what_a_person_types_is_done_and_closes_the_alarm() -> None:
    with bound_to(CATALOG):
        Policy.objects.filter(tier="daily").update(keep_days=1)
    expire_what_can_be()
    assert (len(there()), len(alarms())) == (30, 1)
    assert len(expire().removed) == 29
    expire_what_can_be()
    assert (len(there()), alarms()) == (1, [])


def test_as_many_as_usual_go_by_themselves() -> None:
    days_pass(FEW + 0.2)
    assert len(expire_what_can_be().removed) == FEW
    assert alarms() == []
