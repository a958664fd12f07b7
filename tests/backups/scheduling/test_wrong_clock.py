"""A worker whose clock is a day wrong takes nobody's copy away, keeps none, and delays none."""

from datetime import UTC, datetime, timedelta

import pytest

from backups.exceptions import LeaseLost
from backups.models import Backup, Pulse
from backups.scheduling.claiming import claim
from backups.scheduling.planning import plan
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant
from tests.support.clocks import astray

pytestmark = pytest.mark.usefixtures("schedule")
DAY, SECONDS = timedelta(days=1), timedelta(seconds=30)
AHEAD_AND_BEHIND = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["ahead", "behind"])


@pytest.fixture
def wish(cast: dict[str, Tenant]) -> Backup:
    with bound_to(CATALOG):
        return Backup.objects.create(tenant=cast["acme"], tier="manual")


def now(copy: Backup) -> Backup:
    with bound_to(CATALOG):
        return Backup.objects.get(pk=copy.pk)


def change(copy: Backup, **values: object) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(**values)


def real(moment: datetime | None) -> bool:
    """By the clock of this machine, which is right."""
    return moment is not None and abs(moment - datetime.now(UTC)) < SECONDS


@AHEAD_AND_BEHIND
def test_what_another_is_at_is_left_to_it(
    wish: Backup, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    held = claim()
    assert held == wish
    astray(monkeypatch, jump)
    assert claim() is None
    with bound_to(CATALOG):
        assert Backup.objects.running().count() == 1
        held.renew(plain_bytes=7)
    assert (now(wish).token, now(wish).plain_bytes) == (1, 7)


@AHEAD_AND_BEHIND
def test_what_it_takes_is_its_own_for_a_lease_and_no_longer(
    wish: Backup, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    with monkeypatch.context() as patch:
        astray(patch, jump)
        held = claim()
        assert held == wish
        with bound_to(CATALOG):
            held.renew()
    assert claim() is None
    assert real(held.started_at)
    until = now(wish).lease_until
    assert until is not None
    assert timedelta(seconds=100) < until - datetime.now(UTC) <= timedelta(seconds=120)

    change(wish, lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert claim() == wish
    with bound_to(CATALOG), pytest.raises(LeaseLost):
        held.renew()


@AHEAD_AND_BEHIND
def test_what_it_ends_has_ended_now(wish: Backup, monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    astray(monkeypatch, jump)
    held = claim()
    assert held is not None
    with bound_to(CATALOG):
        held.end("failed", error="on purpose")
    assert real(now(wish).finished_at)


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_what_a_clock_that_was_a_day_ahead_put_off_is_taken_now(wish: Backup, state: str) -> None:
    """That of the server, which all of them go by, and which was set right since."""
    held = claim()
    assert held is not None
    later = datetime.now(UTC) + DAY
    change(wish, state=state, lease_until=later if state == "running" else None, next_try_at=later)
    again = claim()
    assert (again, again and again.token) == (wish, 2)
    with bound_to(CATALOG), pytest.raises(LeaseLost):
        held.renew()


def test_what_waits_for_an_hour_waits(wish: Backup) -> None:
    change(wish, next_try_at=datetime.now(UTC) + timedelta(hours=1))
    assert claim() is None


@AHEAD_AND_BEHIND
def test_it_plans_what_is_due_by_the_catalogs_clock(monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    with bound_to(CATALOG):
        made = plan()
        held = Backup.objects.filter(tier="daily").take()
        assert (made, held is None) == (6, False)
        astray(monkeypatch, jump)
        assert plan() == 0
        assert [*Backup.objects.exclude(state="waiting")] == [held]
        pulse = Pulse.objects.planner()
        assert pulse is not None
        assert real(pulse.at)
        assert Backup.objects.running().count() == 1


@AHEAD_AND_BEHIND
def test_the_clock_is_the_servers(monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    astray(monkeypatch, jump)
    assert real(time_of_catalog())
