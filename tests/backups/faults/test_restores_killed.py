"""A restore whose pg_restore or worker is killed in the middle leaves no half database, and goes on: real signals."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from backups.models import Restore
from backups.restoring import asking
from backups.restoring.background import RESTORING, carry_in_background
from backups.restoring.carrying import carry
from backups.restoring.tasks import look_after_restores
from jobs.models import Job
from jobs.sweeping import sweep
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation
from tests.backups.faults.heavy import forget_restores, heavy_tenant, is_unaccused
from tests.backups.faults.holding import HeldRestore
from tests.backups.restoring.conftest import Kept
from tests.jobs.workers import Worker, worker
from tests.lifecycle.looking import databases, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def heavy(databases: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with heavy_tenant(tmp_path_factory.mktemp("copies")) as kept:
        yield kept


@pytest.fixture
def kept(heavy: Kept, tmp_path: Path, settings: Settings) -> Iterator[Kept]:
    settings.AMANA_RESTORE_DIR = tmp_path / "restore"
    yield heavy
    forget_restores(heavy.tenant)
    with bound_to(CATALOG):
        Job.objects.filter(kind=RESTORING.name).delete()


@pytest.fixture
def held(tmp_path: Path, settings: Settings) -> Iterator[HeldRestore]:
    """In the second pass: what the first made is committed by then."""
    held = HeldRestore(tmp_path / "bin", "--role=tenant_owner")
    settings.AMANA_PG_BIN = str(held.folder)
    yield held
    held.let_go()


def spool() -> list[Path]:
    return [*django_settings.AMANA_RESTORE_DIR.glob("*")]


def temporary() -> Path:
    """Where whatever else a worker writes down lies."""
    folder: Path = django_settings.AMANA_RESTORE_DIR.with_name("temporary")
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def restoring() -> Iterator[Worker]:
    told = {
        "AMANA_BACKUP_STORE": django_settings.AMANA_BACKUP_STORE,
        "AMANA_PG_BIN": django_settings.AMANA_PG_BIN,
        "TEST_RESTORE_DIR": str(django_settings.AMANA_RESTORE_DIR),
        "TMPDIR": str(temporary()),
    }
    with worker(queues="restore", settings_module="tests.backups.impatient", environment=told) as process:
        yield process


def begun(kept: Kept) -> Operation:
    """As the page does it."""
    operation = kept.begun()
    with bound_to(CATALOG):
        carry_in_background(operation, kept.restore(operation).pk, None)
    return operation


def looked_after(kept: Kept, operation: Operation) -> Restore:
    """As beat would have it a minute later, only oftener."""

    def looked() -> bool:
        with bound_to(CATALOG):
            Operation.objects.filter(pk=operation.pk).update(requested_at="2026-01-01T00:00:00Z")
            look_after_restores.delay()
        sweep()
        time.sleep(0.5)
        return kept.restore(operation).state == "ready" and not spool()

    wait_until(looked, 90)
    return kept.restore(operation)


def _attempted(operation: Operation) -> None:
    with pytest.raises(Exception, match="signal 9"):
        carry(operation.pk)


def test_a_pg_restore_killed_in_the_middle_leaves_no_half_database_and_another_try_goes_well(
    kept: Kept, held: HeldRestore
) -> None:
    before = databases()
    operation = kept.begun()
    at_work = Thread(target=copy_context().run, args=(_attempted, operation))
    at_work.start()
    held.wait()
    assert len(databases()) == len(before) + 1
    held.kill()
    at_work.join()

    restore = kept.restore(operation)
    assert restore.state == "failed"
    assert restore.error == "pg_restore was killed on the restore worker's machine, by signal 9."
    assert (databases(), spool(), is_unaccused(kept.backup)) == (before, [], True)

    with bound_to(CATALOG):
        again = asking.begin(restore, "operator:oscar")
    carry(again.pk)
    restore = kept.restore(operation)
    assert (restore.state, restore.comparison["differences"]) == ("ready", [])
    assert databases() == sorted([*before, restore.new_database])


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_loads_it_anew(
    kept: Kept, held: HeldRestore
) -> None:
    """Its pg_restore lives on for a while, and comes to nothing."""
    before = databases()
    with restoring() as first:
        operation = begun(kept)
        held.wait()
        held.kill_its_worker(first)
    restore = kept.restore(operation)
    assert (restore.state, len(spool())) == ("running", 1)
    assert [each for each in temporary().rglob("*") if each.is_file()] == []
    half = restore.new_database
    assert databases() == sorted([*before, half])

    held.let_go()
    with restoring():
        restore = looked_after(kept, operation)
        assert (restore.new_database, restore.comparison["differences"]) == (half, [])
        wait_until(_is_job_done, 30)
    assert databases() == sorted([*before, half])
    assert (spool(), is_unaccused(kept.backup)) == ([], True)


def test_a_worker_told_to_end_puts_its_restore_back_at_once_and_another_goes_on(
    kept: Kept, held: HeldRestore
) -> None:
    before = databases()
    with restoring() as first:
        operation = begun(kept)
        held.wait()
        held.ended_by(lambda: first.tell(signal.SIGTERM))
        assert first.wait() == 0
    restore = kept.restore(operation)
    with bound_to(CATALOG):
        operation.refresh_from_db()
        job = Job.objects.get(kind=RESTORING.name)
        begun_steps = [(step.started_at is None, step.finished_at is None) for step in operation.steps.all()]
    assert (restore.state, restore.error, operation.state, operation.error) == ("running", "", "queued", "")
    assert (job.state, job.attempt) == ("queued", 0)
    assert begun_steps == [(False, False)] * 3 + [(True, True)] * 8
    assert (databases(), spool(), is_unaccused(kept.backup)) == (before, [], True)
    assert bytes(restore.lent_identity) == b""

    carry(operation.pk)
    restore = kept.restore(operation)
    assert (restore.state, restore.comparison["differences"]) == ("ready", [])
    assert databases() == sorted([*before, restore.new_database])


def _is_job_done() -> bool:
    """The message of the killed worker, taken up by another: it finds everything done."""
    sweep()
    with bound_to(CATALOG):
        return [*Job.objects.filter(kind=RESTORING.name).values_list("state", flat=True)] == ["done"]


def test_messages_that_come_many_times_are_one_restore(kept: Kept) -> None:
    before = databases()
    operation = kept.begun()
    with bound_to(CATALOG):
        for _ in range(3):
            carry_in_background(operation, kept.restore(operation).pk, None)
            look_after_restores.delay()
        assert Job.objects.filter(kind=RESTORING.name).count() == 1
    with restoring():
        restore = looked_after(kept, operation)
    with bound_to(CATALOG):
        assert [step.finished_at is not None for step in operation.steps.all()] == [True] * 11
    assert databases() == sorted([*before, restore.new_database])
