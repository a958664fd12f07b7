"""Beat, the seal worker and the watcher as they run in earnest: how late a seal is, and what a dead sealer sets off."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from audit.models import Alarm
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.lifecycle.looking import superuser, wait_until
from tests.sealing.sealed import as_tenant, batches, begin_and_write, ids
from tests.support.command_line import manage, ours, without_secrets

UNSEALED = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0) FROM audit.event
    WHERE xid >= coalesce((SELECT max(until) FROM audit.seal), 0)"""
WORKING_SECONDS = 45


@contextmanager
def running(*arguments: str, secrets: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    environment = without_secrets() | {name: ours()[name] for name in secrets}
    command = [sys.executable, "-m", "celery", "--app=config", "--quiet", "--skip-checks", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def worker(queue: str, *secrets: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    options = (f"--queues={queue}", "--concurrency=1", f"--hostname={queue}@tests", "--loglevel=INFO")
    return running("worker", *options, "--without-gossip", "--without-mingle", secrets=secrets)


def lag(tenant: Tenant) -> float:
    with superuser(tenant.schema_name) as connection:
        row = connection.execute(UNSEALED).fetchone()
    assert row
    return float(row[0])


def silent_alarms() -> list[Alarm]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(kind="silent", database="", closed_at=None)]


@contextmanager
def writing(tenant: Tenant) -> Iterator[None]:
    """Four writers, a transaction every few milliseconds each."""
    stop = threading.Event()

    def write() -> None:
        with as_tenant(tenant) as connection:
            while not stop.wait(0.01):
                begin_and_write(connection)
                connection.commit()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def lags_while_writing(tenant: Tenant) -> list[float]:
    lags = []
    with writing(tenant):
        until = time.monotonic() + WORKING_SECONDS
        while time.monotonic() < until:
            lags.append(lag(tenant))
            time.sleep(0.5)
    return lags


@pytest.mark.slow
def test_under_load_every_event_is_sealed_within_a_minute_and_a_dead_sealer_sets_off_an_alarm(
    new_tenant: Callable[[], Tenant], tmp_path: Path
) -> None:
    tenant = new_tenant()
    beat = running("beat", f"--schedule={tmp_path / 'beat'}", "--pidfile=", "--loglevel=INFO")
    with worker("default"), beat:
        with worker("seal", "AMANA_SEALER_URL"):
            lags = lags_while_writing(tenant)
            wait_until(lambda: lag(tenant) == 0, 60)
            wait_until(lambda: not silent_alarms(), 60)
        assert len(ids(tenant)) > 1000
        assert sorted(id_ for _, inside in batches(tenant) for id_ in inside) == ids(tenant)
        assert len(batches(tenant)) >= 2
        assert max(lags) < 60
        assert manage("verify_activity", "--tenant", tenant.slug).code == 0

        with as_tenant(tenant) as connection:
            begin_and_write(connection)
        wait_until(silent_alarms, 100)
        assert manage("verify_activity", "--tenant", tenant.slug).code == 1

        with worker("seal", "AMANA_SEALER_URL"):
            wait_until(lambda: not silent_alarms(), 60)
            wait_until(lambda: lag(tenant) == 0, 60)
    assert manage("verify_activity", "--tenant", tenant.slug).code == 0
