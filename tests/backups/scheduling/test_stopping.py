"""What a worker that is told to end does with what it has in hand; real signals are in faults/."""

import time
from collections.abc import Iterator

import pytest

from backups.drilling.running import run_next
from backups.models import Drill
from backups.restoring.carrying import carry
from backups.scheduling import stopping
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.backups.rows import copy_row


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stopping, "LOOK_EVERY", 0.01)
    stopping.ask_to_stop()
    yield
    stopping._asked[0] = 0


def wait_for(broken: list[str]) -> None:
    until = time.monotonic() + 10
    while not broken and time.monotonic() < until:
        time.sleep(0.01)


@pytest.mark.usefixtures("told")
def test_what_takes_long_is_broken_off_and_what_that_made_of_it_doesnt_count() -> None:
    broken: list[str] = []
    with pytest.raises(stopping.Stopped), stopping.breaking_off(lambda: broken.append("it")):
        wait_for(broken)
        raise ValueError("killed by signal 9")
    assert broken


def test_nothing_is_broken_off_where_nobody_is_told() -> None:
    broken: list[str] = []
    with stopping.breaking_off(lambda: broken.append("it")):
        pass
    assert broken == []


@pytest.mark.usefixtures("told", "catalog")
def test_no_drill_is_begun(acme: Tenant) -> None:
    copy = copy_row(acme)
    with bound_to(CATALOG):
        drill = Drill.objects.create(tenant=acme, backup=copy, identity_signature=b"x")
    assert run_next() is None
    with bound_to(CATALOG):
        drill.refresh_from_db()
    assert (drill.state, drill.attempt) == ("waiting", 0)


@pytest.mark.usefixtures("told", "catalog")
def test_no_step_of_a_restore_is_begun_and_it_hasnt_failed(acme: Tenant) -> None:
    with bound_to(CATALOG):
        operation = Operation.objects.create(tenant=acme, kind="restore", requested_by="oscar")
        steps = operation.steps.bulk_create(
            operation.steps.model(operation=operation, position=place, title="x") for place in range(11)
        )
    with pytest.raises(stopping.Stopped):
        carry(operation.pk)
    with bound_to(CATALOG):
        operation.refresh_from_db()
        assert operation.steps.filter(started_at=None).count() == len(steps)
    assert (operation.state, operation.error) == ("queued", "")
