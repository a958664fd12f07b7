"""A drill whose pg_restore or worker is killed in the middle, or whose disk is full: real workers, real signals."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.drilling.running import run_next
from backups.drilling.scratch import left
from backups.drilling.sending import go_on
from backups.models import Backup, Drill
from backups.storage.folder import Folder
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tenants.places import drill_url
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.faults.conftest import now
from tests.backups.faults.holding import HeldRestore
from tests.jobs.workers import Worker, worker
from tests.lifecycle.looking import wait_until
from tests.support.disks import small_disk

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wishes")]


@pytest.fixture
def spool(tmp_path: Path, settings: Settings) -> Path:
    settings.AMANA_DRILL_DIR = tmp_path / "spool"
    return tmp_path / "spool"


@pytest.fixture
def copy(big: Tenant, store: Folder, spool: Path) -> Backup:
    """Of some 8 MB, and proven a moment ago."""
    backup = claimed(big)
    take(backup)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=backup.pk).update(drilled_at=timezone.now(), verified_at=timezone.now())
    return now(backup)


@pytest.fixture
def held(tmp_path: Path, settings: Settings) -> Iterator[HeldRestore]:
    held = HeldRestore(tmp_path / "bin", "--dbname=scratch")
    settings.AMANA_PG_BIN = str(held.folder)
    yield held
    held.let_go()


@contextmanager
def drilling(spool: Path) -> Iterator[Worker]:
    told = {
        "AMANA_BACKUP_STORE": django_settings.AMANA_BACKUP_STORE,
        "AMANA_PG_BIN": django_settings.AMANA_PG_BIN,
        "TEST_DRILL_DIR": str(spool),
    }
    with worker(queues="drill", settings_module="tests.backups.impatient", environment=told) as process:
        yield process


def is_good(copy: Backup) -> bool:
    return (now(copy).damage, now(copy).drilled_at) == ("", copy.drilled_at)


def alarms() -> list[str]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(closed_at=None, kind="drill").values_list("says", flat=True)]


def in_scratch() -> int:
    with psycopg.connect(drill_url(), autocommit=True) as scratch:
        return left(scratch)


def carried_on(copy: Backup, seconds: float = 60) -> Drill:
    """As beat would have it, only oftener, and without the minutes between two tries."""

    def looked() -> bool:
        with bound_to(CATALOG):
            Drill.objects.filter(backup=copy).update(next_try_at=timezone.now())
        go_on()
        time.sleep(0.5)
        return last_of(copy).is_over

    wait_until(looked, seconds)
    return last_of(copy)


def test_a_pg_restore_killed_in_the_middle_is_another_try_and_says_nothing_of_the_copy(
    copy: Backup, spool: Path, held: HeldRestore
) -> None:
    wanted(copy)
    at_work = Thread(target=copy_context().run, args=(run_next,))
    at_work.start()
    held.wait()
    held.kill()
    at_work.join()
    drill = last_of(copy)
    says = "pg_restore was killed on the drill worker's machine, by signal 9."
    assert (drill.state, drill.attempt, drill.error) == ("waiting", 1, says)
    assert (step(drill, "restore").state, step(drill, "restore").found) == ("failed", says)
    assert (in_scratch(), [*spool.iterdir()], is_good(copy), alarms()) == (0, [], True, [])

    with bound_to(CATALOG):
        Drill.objects.filter(backup=copy).update(next_try_at=timezone.now())
    run_next()
    assert (last_of(copy).outcome, last_of(copy).attempt) == ("passed", 2)


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_begins_with_an_empty_scratch(
    copy: Backup, spool: Path, held: HeldRestore
) -> None:
    """Its pg_restore lives on for a while, and comes to nothing."""
    wanted(copy)
    with drilling(spool) as first:
        go_on()
        held.wait()
        held.kill_its_worker(first)
        assert last_of(copy).state == "running"
        assert len([*spool.iterdir()]) == 1
    held.let_go()
    with drilling(spool):
        drill = carried_on(copy)
    assert (drill.outcome, drill.attempt, drill.token, drill.error) == ("passed", 2, 2, "")
    assert step(drill, "room").details["folders"] == 1
    assert (in_scratch(), [*spool.iterdir()], alarms()) == (0, [], [])
    assert now(copy).condition == "drilled"


def test_a_worker_told_to_end_puts_its_drill_back_at_once_and_it_isnt_a_try(
    copy: Backup, spool: Path, held: HeldRestore
) -> None:
    """As often as it is deployed: what was killed three times isn't tried again."""
    wanted(copy)
    with drilling(spool) as first:
        go_on()
        held.wait()
        held.ended_by(lambda: first.tell(signal.SIGTERM))
        assert first.wait() == 0
    drill = last_of(copy)
    assert (drill.state, drill.attempt, drill.lease_until) == ("waiting", 0, None)
    assert drill.error == "The worker was told to end."
    found = [(step(drill, code).state, step(drill, code).found) for code in ("parse", "restore", "content")]
    assert found[1:] == [("skipped", "It was stopped here."), ("skipped", "It wasn't reached.")]
    assert found[0][0] == step(drill, "clean").state == "passed"
    assert (in_scratch(), [*spool.iterdir()], is_good(copy), alarms()) == (0, [], True, [])

    run_next()
    assert (last_of(copy).outcome, last_of(copy).attempt, last_of(copy).token) == ("passed", 1, 2)


def test_messages_that_come_many_times_are_one_drill(copy: Backup, spool: Path) -> None:
    wanted(copy)
    for _ in range(4):
        go_on()
    with drilling(spool):
        wait_until(lambda: last_of(copy).is_over, 60)
    assert (last_of(copy).outcome, last_of(copy).token) == ("passed", 1)


def test_a_worker_whose_disk_is_full_says_so_and_goes_on_once_there_is_room(
    copy: Backup, tmp_path: Path
) -> None:
    """Room for the objects was there when it looked, as somebody else fills the disk meanwhile."""
    needed = sum(
        said["bytes"] for said in {**copy.manifest["objects"], **copy.manifest["unencrypted"]}.values()
    )
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(manifest={**copy.manifest, "files": {}})
    with small_disk(tmp_path / "mnt", f"{needed // 4096 * 4 + 4}k") as disk:
        wanted(now(copy))
        with drilling(disk.path):
            go_on()
            wait_until(lambda: last_of(copy).error, 30)
            drill = last_of(copy)
            assert (drill.state, drill.error) == ("waiting", "The drill worker's disk is full.")
            assert step(drill, "fetch").state == "failed"
            assert ([*disk.path.iterdir()], is_good(copy), alarms()) == ([], True, [])

            with bound_to(CATALOG):
                Backup.objects.filter(pk=copy.pk).update(manifest=copy.manifest)
            disk.grow("64m")
            assert (carried_on(copy).outcome, last_of(copy).attempt) == ("passed", 2)
        assert [*disk.path.iterdir()] == []
