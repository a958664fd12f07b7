"""A hold reminds on its day, since it never ends by itself: also of a customer who is long gone."""

from datetime import timedelta

import pytest

from audit.models import Alarm
from backups.alarming.health import look
from backups.alarming.watching import watch
from backups.keeping import holding
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant
from tests.backups.alarming.conftest import copied, standing

pytestmark = pytest.mark.usefixtures("quiet")


def held(tenant: Tenant | None, days: float) -> Backup:
    """To be looked at so many days ago."""
    return copied(tenant, hold_until=time_of_catalog() - timedelta(days=days), hold_reason="A court asks")


def watched() -> set[tuple[str, str]]:
    with bound_to(CATALOG):
        watch()
    return standing()


def test_a_hold_alarms_from_its_day_on_until_somebody_ends_it(acme: Tenant) -> None:
    copy = held(acme, -0.01)
    assert watched() == set()
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(hold_until=time_of_catalog() - timedelta(seconds=1))
    assert watched() == {("hold", "")}
    with bound_to(CATALOG):
        assert look()["problems"] == ["hold"]
        says = Alarm.objects.get().says
    assert says == (
        f"Copies on hold that were to be looked at by now: 1 (acme {copy.name})."
        " End each hold, or give it another day."
    )
    holding.release(copy, "The court has decided", "operator:yusuf@amana.example")
    assert watched() == set()


def test_another_day_is_an_answer_too_and_nothing_of_it_ends_the_copy(acme: Tenant) -> None:
    copy = held(acme, 1)
    assert watched() == {("hold", "")}
    holding.hold(copy, time_of_catalog() + timedelta(days=90), "It goes on", "operator:yusuf@amana.example")
    assert watched() == set()
    with bound_to(CATALOG):
        copy.refresh_from_db()
    assert (copy.is_stored, copy.is_held) == (True, True)


def test_who_is_closed_is_reminded_of_and_of_many_the_longest_overdue_are_named(acme: Tenant) -> None:
    copies = [held(acme, days) for days in range(7, 0, -1)]
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state="closed")
    assert watched() == {("hold", "")}
    with bound_to(CATALOG):
        says = Alarm.objects.get().says
    assert says.count("acme") == 5
    assert f": 7 (acme {copies[0].name}, acme" in says
    assert says.endswith(", …). End each hold, or give it another day.")


def test_what_was_removed_and_what_is_on_no_hold_reminds_of_nothing(acme: Tenant) -> None:
    copied(acme)
    gone = held(acme, 1)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=gone.pk).update(removed_at=time_of_catalog())
    assert watched() == set()
