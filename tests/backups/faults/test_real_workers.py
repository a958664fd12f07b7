"""Workers that are killed, told to end, or asked too often: real processes, a real broker, real signals."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from backups.models import Backup
from backups.scheduling.tasks import look_for_work, wake_worker
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.faults.conftest import alarms, manifests, now, wish_for
from tests.backups.faults.dumping import HeldDump
from tests.jobs.workers import Worker, worker
from tests.lifecycle.looking import superuser, wait_until

pytestmark = pytest.mark.usefixtures("wishes")


@contextmanager
def backup_worker() -> Iterator[Worker]:
    told = {"AMANA_BACKUP_STORE": settings.AMANA_BACKUP_STORE, "AMANA_PG_BIN": settings.AMANA_PG_BIN}
    with worker(queues="backup", settings_module="tests.backups.impatient", environment=told) as process:
        yield process


def look() -> None:
    with bound_to(CATALOG):
        assert wake_worker()


def taken_until_done(copy: Backup, seconds: float = 20) -> Backup:
    """As beat would have it, only oftener."""

    def looked() -> bool:
        look()
        return now(copy).is_over

    wait_until(looked, seconds)
    return now(copy)


def partials(store: Folder) -> list[Path]:
    return [*store.root.rglob("*.partial")]


def test_a_worker_killed_in_the_middle_is_followed_by_another_and_one_copy_counts(
    big: Tenant, store: Folder, held_dump: HeldDump
) -> None:
    copy = wish_for(big, "daily")
    with backup_worker() as first:
        look()
        held_dump.wait()
        wait_until(lambda: partials(store))
        first.kill()
    assert now(copy).state == "running"
    left = partials(store)
    held_dump.let_go()
    with backup_worker():
        ended = taken_until_done(copy)
    assert (ended.state, ended.attempt, ended.token) == ("done", 2, 2)
    assert manifests(store) == [f"{ended.folder}/manifest.json"]
    assert partials(store) == left
    assert ended.folder not in str(left)
    assert alarms() == []


@pytest.fixture
def held_commit(databases: None) -> Iterator[Any]:
    """The write that makes a copy count waits until it is let go."""
    with superuser("catalog") as connection, superuser("catalog") as lock:
        connection.execute(b"""
            CREATE FUNCTION public.hold_back() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock(7007); RETURN NEW; END'""")
        connection.execute(b"""
            CREATE TRIGGER hold_back BEFORE UPDATE ON public.backups_backup FOR EACH ROW
            WHEN (NEW.state = 'done') EXECUTE FUNCTION public.hold_back()""")
        lock.execute(b"SELECT pg_advisory_lock(7007)")
        yield lock
        connection.execute(b"DROP TRIGGER hold_back ON public.backups_backup")
        connection.execute(b"DROP FUNCTION public.hold_back()")


def waiting_to_commit() -> list[int]:
    query = b"""
        SELECT pid FROM pg_stat_activity
        WHERE usename = 'amana_catalog' AND wait_event_type = 'Lock' AND query LIKE 'UPDATE "backups_backup"%'"""
    with superuser() as connection:
        return [pid for (pid,) in connection.execute(query).fetchall()]


@pytest.mark.slow
def test_a_worker_killed_between_upload_and_commit_leaves_an_orphan_that_does_not_count(
    big: Tenant, store: Folder, held_commit: Any
) -> None:
    copy = wish_for(big, "daily")
    with backup_worker() as first:
        look()
        wait_until(waiting_to_commit, 30)
        first.kill()
    with superuser() as connection:
        for pid in waiting_to_commit():
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
    [orphan] = manifests(store)
    assert now(copy).state == "running"
    held_commit.execute(b"SELECT pg_advisory_unlock(7007)")
    with backup_worker():
        ended = taken_until_done(copy)
    assert (ended.state, ended.token) == ("done", 2)
    assert sorted(manifests(store)) == sorted([orphan, f"{ended.folder}/manifest.json"])
    with bound_to(CATALOG):
        assert [each.folder for each in Backup.objects.stored()] == [ended.folder]


def test_a_worker_told_to_end_puts_its_copy_back_at_once(
    big: Tenant, store: Folder, held_dump: HeldDump
) -> None:
    copy = wish_for(big, "daily")
    with backup_worker() as process:
        look()
        held_dump.wait()
        process.tell(signal.SIGTERM)
        wait_until(lambda: "shutdown" in process.said.lower())
        held_dump.let_go()
        assert process.wait() == 0
    left = now(copy)
    assert (left.state, left.attempt, left.error, left.lease_until) == ("waiting", 0, "", None)
    assert manifests(store) == []
    assert partials(store) == []


@pytest.mark.slow
def test_messages_that_come_many_times_are_one_copy(big: Tenant, store: Folder) -> None:
    copy = wish_for(big, "daily")
    with bound_to(CATALOG):
        message = look_for_work.delay()
        for _ in range(3):
            look_for_work.apply_async(task_id=message.id)
    other = wish_for(None)
    with backup_worker():
        wait_until(lambda: now(copy).is_over and now(other).is_over, 30)
    assert [(now(each).state, now(each).token) for each in (copy, other)] == [("done", 1)] * 2
    assert len(manifests(store)) == 2
