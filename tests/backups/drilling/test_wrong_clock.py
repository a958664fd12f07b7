"""When somebody was last drilled is a matter of the catalog's clock, whatever the workers' own say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.alarming.unproven import undrilled, unverified_copies
from backups.drilling.coverage import coverage
from backups.drilling.ending import end
from backups.drilling.planning import due_tenants
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.drilling.conftest import Drilled, step
from tests.backups.rows import copy_row, drill_row
from tests.support.clocks import astray

DAY = timedelta(days=1)
AHEAD_AND_BEHIND = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["ahead", "behind"])


@pytest.fixture
def alone(catalog: None, cast: dict[str, Tenant]) -> Tenant:
    """Acme, with a copy as old as it can be; nobody else is there."""
    with bound_to(CATALOG):
        forget_copies()
        Tenant.objects.exclude(slug="acme").delete()
        Tenant.objects.update(created_at=timezone.now() - 90 * DAY, state="active")
        return Tenant.objects.get(slug="acme")


@pytest.fixture
def acmes(alone: Tenant) -> Backup:
    return copy_row(alone, 40 * DAY, verified_at=timezone.now())


def proven() -> tuple[int, list[str], list[str]]:
    """How many count as drilled, who is due, and whom an alarm would name."""
    with bound_to(CATALOG):
        named = [tenant.slug for tenant, _says in undrilled() if tenant]
        return coverage().drilled, [each.slug for each in due_tenants()], named


def claimed(copy: Backup) -> Drill:
    with bound_to(CATALOG):
        Drill.objects.create(tenant=copy.tenant, backup=copy, identity_signature=b"x")
        drill = Drill.objects.may_begin().select_related("tenant", "backup").take()
    assert isinstance(drill, Drill)
    return drill


@AHEAD_AND_BEHIND
def test_a_drill_that_ends_where_the_clock_is_wrong_ended_now(
    acmes: Backup, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    astray(monkeypatch, jump)
    drill = claimed(acmes)
    end(drill)
    with bound_to(CATALOG):
        drill.refresh_from_db()
        acmes.refresh_from_db()
    assert drill.finished_at is not None
    assert abs(drill.finished_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert acmes.drilled_at == drill.finished_at
    assert datetime.fromisoformat(drill.report["finished_at"]) <= drill.finished_at
    assert proven() == (1, [], [])


@AHEAD_AND_BEHIND
@pytest.mark.parametrize(
    ("days", "found"),
    [
        (23.5, (1, [], [])),
        (24.5, (1, ["acme"], [])),
        (29.5, (1, ["acme"], [])),
        (30.5, (0, ["acme"], ["acme"])),
    ],
)
def test_who_is_due_and_who_is_proven_doesnt_change_with_it(
    acmes: Backup, monkeypatch: pytest.MonkeyPatch, jump: timedelta, days: float, found: object
) -> None:
    drill_row(acmes, days * DAY)
    assert proven() == found
    astray(monkeypatch, jump)
    assert proven() == found


def test_a_drill_of_tomorrow_proves_nothing_and_keeps_nobody_from_another(acmes: Backup) -> None:
    """The server's own clock was a day ahead, and was set right since."""
    ahead = drill_row(acmes, -DAY)
    assert proven() == (0, ["acme"], ["acme"])
    with bound_to(CATALOG):
        assert not Drill.objects.passed().exists()
        Drill.objects.filter(pk=ahead.pk).update(finished_at=timezone.now())
    assert proven() == (1, [], [])


@pytest.mark.parametrize(("hours", "number"), [(-24, 1), (0, 0), (24 * 15, 1)])
def test_a_copy_that_was_verified_tomorrow_was_not(acmes: Backup, hours: float, number: int) -> None:
    with bound_to(CATALOG):
        Backup.objects.update(verified_at=timezone.now() - timedelta(hours=hours))
        assert unverified_copies().count() == number


@pytest.mark.slow
@pytest.mark.parametrize("jump", [timedelta(minutes=90), -DAY], ids=["ahead", "behind"])
def test_what_is_put_back_where_the_clock_is_wrong_waits_as_long_as_elsewhere(
    copy: Backup, drilled: Drilled, settings: Settings, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    settings.AMANA_BACKUP_STORE_IS_REMOTE = True  # and isn't mounted
    astray(monkeypatch, jump)
    drill = drilled(copy)
    assert (drill.state, drill.attempt) == ("waiting", 0)  # the storage alone keeps it
    pause = drill.next_try_at - datetime.now(UTC)
    assert timedelta(minutes=1) < pause <= timedelta(minutes=2)


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A clock that goes a day ahead at every look."""
    looks: list[int] = []

    def look() -> datetime:
        looks.append(len(looks))
        return datetime.now(UTC) + len(looks) * DAY

    monkeypatch.setattr(timezone, "now", look)
    return looks


@pytest.mark.slow
def test_a_clock_that_jumps_while_a_drill_runs_changes_no_duration(
    copy: Backup, drilled: Drilled, jumping: list[int]
) -> None:
    drill = drilled(copy)
    assert len(jumping) > 1
    assert (drill.outcome, drill.error) == ("passed", "")
    assert drill.rto_seconds is not None
    assert 0 < drill.rto_seconds < 300
    assert 0 <= (drill.rpo_seconds or 0) < 3600
    assert all(0 <= each["seconds"] < 300 for each in drill.report["steps"] if each["seconds"] is not None)
    assert step(drill, "targets").state == "passed"
