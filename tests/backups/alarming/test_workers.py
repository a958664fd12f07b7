"""A worker that nobody needs on most days is missed within ten minutes, and not on the day of the fire."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from audit.models import Alarm
from backups import living
from backups.alarming.health import look
from backups.alarming.watching import watch
from backups.living import alive, say_alive
from backups.models import Pulse
from backups.recovery_keys.tasks import say_lending_lives
from backups.restoring.tasks import look_after_restores
from backups.scheduling.planning import plan
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tests.backups.alarming.conftest import standing
from tests.lifecycle.looking import wait_until


@pytest.fixture
def asked(quiet: None) -> None:
    """Beat has asked both for hours, and both have just answered."""
    with bound_to(CATALOG):
        Pulse.objects.expect(Pulse.WORKERS, time_of_catalog())


def silent_for(minutes: float, *names: str) -> datetime:
    at = time_of_catalog() - timedelta(minutes=minutes)
    with bound_to(CATALOG):
        Pulse.objects.filter(name__in=names or Pulse.WORKERS).update(at=at)
    return at


def watched() -> set[tuple[str, str]]:
    with bound_to(CATALOG):
        watch()
    return standing()


def problems() -> list[str]:
    with bound_to(CATALOG):
        found: list[str] = look()["problems"]
    return found


@pytest.mark.parametrize(("worker", "kind"), [("restore", "restoring"), ("lending", "lending")])
@pytest.mark.usefixtures("asked")
def test_a_worker_that_is_silent_for_ten_minutes_alarms_until_it_speaks(worker: str, kind: str) -> None:
    silent_for(9.8, worker)
    assert (watched(), problems()) == (set(), [])
    at = silent_for(10.1, worker)
    assert problems() == [kind]
    assert watched() == {(kind, "")}
    with bound_to(CATALOG):
        says = Alarm.objects.get().says
    assert says == f"The worker {worker} has said nothing since {at:%Y-%m-%d %H:%M} UTC: is it running?"
    {"restore": look_after_restores, "lending": say_lending_lives}[worker]()
    assert (watched(), problems()) == (set(), [])


@pytest.mark.usefixtures("quiet")
def test_a_worker_that_never_ran_is_missed_too() -> None:
    with bound_to(CATALOG):
        plan()
        assert watched() == set()
        silent_for(11)
        plan()
    assert watched() == {("restoring", ""), ("lending", "")}


@pytest.mark.usefixtures("asked")
def test_whoever_wasnt_asked_isnt_silent() -> None:
    """Beat was dead for an hour: that is one trouble, and once it is back the others have ten minutes again."""
    silent_for(60, "planner", *Pulse.WORKERS)
    assert problems() == ["scheduler"]
    with bound_to(CATALOG):
        plan()
    assert watched() == set()
    silent_for(11, "restore")
    assert watched() == {("restoring", "")}


@pytest.fixture
def busy(databases: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A worker of the test's own, whose rows other connections see."""
    monkeypatch.setattr(living, "BEAT_SECONDS", 0.02)
    yield "busy"
    with bound_to(CATALOG):
        Pulse.objects.filter(name="busy").delete()


def test_one_that_is_busy_for_hours_says_so_and_stops_with_its_work(busy: str) -> None:
    with alive(busy):
        began = _said_by(busy)
        wait_until(lambda: _said_by(busy) > began)
    ended = _said_by(busy)
    time.sleep(0.1)
    assert _said_by(busy) == ended
    say_alive(busy)
    assert _said_by(busy) > ended


def _said_by(name: str) -> datetime:
    with bound_to(CATALOG):
        return Pulse.objects.get(name=name).at
