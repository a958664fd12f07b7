"""A program: the broker is stopped, emptied and started again around jobs. Prints how each of them ended.

Runs beside servers of its own (`python -m embedded exec`), so that no other test loses its broker.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from redis import Redis  # noqa: E402

from audit.context import acting  # noqa: E402
from config.celery import BROKER_ANSWERS_WITHIN  # noqa: E402
from embedded.place import Place  # noqa: E402
from embedded.valkey import Valkey  # noqa: E402
from jobs.models import Job  # noqa: E402
from jobs.starting import start  # noqa: E402
from jobs.sweeping import sweep  # noqa: E402
from tenants.binding import bound_to  # noqa: E402
from tenants.hosts import find_tenant  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.jobs.workers import worker  # noqa: E402
from tests.lifecycle.looking import wait_until  # noqa: E402
from tests.support import fleet  # noqa: E402


class Broker:
    """The Valkey of this run; killed it leaves what its log on disk says, as everywhere."""

    def __init__(self) -> None:
        place = Place(checkout=Path(settings.BASE_DIR), var=Path(os.environ["AMANA_VAR"]))
        self._service = Valkey(place).service()

    def client(self) -> Redis:
        return Redis.from_url(os.environ["AMANA_CACHE_URL"].partition("?")[0] + "?db=0")

    def stop(self) -> None:
        with self.client() as client:
            os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
        wait_until(lambda: not self._service.ready(""))

    def freeze(self) -> None:
        with self.client() as client:
            self._frozen = int(client.info("server")["process_id"])
        os.kill(self._frozen, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._frozen, signal.SIGCONT)
        wait_until(lambda: self._service.ready(""))

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._service.command, cwd=self._service.directory, stdout=subprocess.DEVNULL
        )
        wait_until(lambda: self._service.ready(""))

    def empty(self) -> None:
        with self.client() as client:
            client.flushdb()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def watch(folder: Path) -> dict[str, Any]:
    fleet.prepare()
    tenant, broker = fleet.provision(), Broker()
    return (
        _frozen(tenant, broker, folder / "frozen")
        | {
            "asked while it was away": _asked_while_away(tenant, broker, folder / "away"),
            "message lost with it": _message_lost(tenant, broker, folder / "lost"),
            "done while it was frozen": _done_while_frozen(tenant, broker, folder / "ended"),
            "worked on while it was away": _worked_on(tenant, broker, folder / "worked"),
        }
        | _ended(broker)
    )


def _asked_while_away(tenant: Tenant, broker: Broker, diary: Path) -> list[Any]:
    broker.stop()
    job = _start(tenant, "test.count", to=2, diary=str(diary))
    broker.start()
    return _swept_to_its_end(tenant, job, diary)


def _message_lost(tenant: Tenant, broker: Broker, diary: Path) -> list[Any]:
    job = _start(tenant, "test.count", to=2, diary=str(diary))
    broker.empty()
    return _swept_to_its_end(tenant, job, diary)


def _frozen(tenant: Tenant, broker: Broker, diary: Path) -> dict[str, Any]:
    """A worker idle for longer than the timeout of its socket goes on; one that loses the broker in mid-air as well."""
    with worker() as listener:
        time.sleep(BROKER_ANSWERS_WITHIN + 2)
        first = _start(tenant, "test.count", to=1)
        wait_until(lambda: _state(tenant, first) == "done")
        undisturbed = listener.said.count("Connected to") == 1
        broker.freeze()
        try:
            asked_at = time.monotonic()
            known = find_tenant(tenant.primary_host) == tenant
            job = _start(tenant, "test.count", to=2, diary=str(diary))
            seconds = time.monotonic() - asked_at
        finally:
            broker.thaw()
        _sweep_until(lambda: _state(tenant, job) == "done")
        sweep()
        last = _start(tenant, "test.count", to=1)
        _sweep_until(lambda: _state(tenant, last) == "done")
    return {
        "asked while it was frozen": _told(tenant, job, diary),
        "seconds while it was frozen": seconds,
        "idle worker undisturbed, host known": [undisturbed, known],
    }


def _done_while_frozen(tenant: Tenant, broker: Broker, diary: Path) -> list[Any]:
    """The broker never hears that the message was dealt with, and the worker takes the next all the same."""
    gate = diary.with_suffix(".gate")
    with worker() as listener:
        job = _start(tenant, "test.hangs", diary=str(diary), gate=str(gate))
        wait_until(diary.exists)
        broker.freeze()
        try:
            gate.touch()
            wait_until(lambda: "Couldn't ack" in listener.said)
        finally:
            broker.thaw()
        last = _start(tenant, "test.count", to=1)
        wait_until(lambda: _state(tenant, last) == "done")
    return _told(tenant, job, diary)


def _worked_on(tenant: Tenant, broker: Broker, diary: Path) -> list[Any]:
    """The message isn't acknowledged when the broker dies, and comes again."""
    gate = diary.with_suffix(".gate")
    with worker():
        job = _start(tenant, "test.hangs", diary=str(diary), gate=str(gate))
        wait_until(diary.exists)
        broker.end()
        gate.touch()
        wait_until(lambda: _state(tenant, job) == "done")
        broker.start()
        last = _start(tenant, "test.count", to=1)
        _sweep_until(lambda: _state(tenant, last) == "done")
    return _told(tenant, job, diary)


def _ended(broker: Broker) -> dict[str, Any]:
    broker.end()
    return {}


def _start(tenant: Tenant, name: str, **arguments: Any) -> Job:
    with bound_to(tenant):
        return start(name, None, **arguments)


def _swept_to_its_end(tenant: Tenant, job: Job, diary: Path) -> list[Any]:
    with worker():
        _sweep_until(lambda: _state(tenant, job) == "done")
        sweep()
    return _told(tenant, job, diary)


def _sweep_until(true: Callable[[], object]) -> None:
    def swept() -> object:
        sweep()
        return true()

    wait_until(swept, 90)


def _told(tenant: Tenant, job: Job, diary: Path) -> list[Any]:
    """State, how often it was taken, and how many lines its runs left."""
    with bound_to(tenant):
        now = Job.objects.get(pk=job.pk)
    return [now.state, now.token, len(diary.read_text().splitlines())]


def _state(tenant: Tenant, job: Job) -> str:
    with bound_to(tenant):
        return Job.objects.values_list("state", flat=True).get(pk=job.pk)


if __name__ == "__main__":
    with acting("test"):
        told = watch(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(told) + "\n")
