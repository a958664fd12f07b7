"""Workers that die, stand still or are cut off while they work: real processes, real signals."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.models import Job
from jobs.starting import send
from jobs.sweeping import sweep_one
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.jobs.conftest import found, lines_of, started
from tests.jobs.workers import worker
from tests.lifecycle.looking import wait_until


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


def words(diary: Path) -> list[str]:
    """What attempts noted, without the ids of their processes."""
    return [" ".join(line.split()[:2]) for line in diary.read_text().splitlines()] if diary.exists() else []


def swept_until(acme: Tenant, true: Callable[[], object]) -> None:
    """As beat would have it, only oftener."""

    def swept() -> object:
        sweep_one(acme)
        return true()

    wait_until(swept, 20)


def begun(acme: Tenant, name: str, diary: Path, gate: Path) -> Job:
    job = started(acme, name, diary=str(diary), gate=str(gate))
    wait_until(lambda: words(diary) == ["began 1"])
    return job


def test_a_killed_workers_job_is_resumed_by_another_and_ends_once(
    acme: Tenant, diary: Path, gate: Path
) -> None:
    with worker() as first:
        job = begun(acme, "test.hangs", diary, gate)
        first.kill()
    assert found(acme, job).state == "running"
    gate.touch()
    with worker():
        swept_until(acme, lambda: found(acme, job).state == "done")

    ended = found(acme, job)
    assert words(diary) == ["began 1", "began 2", "ended 2"]
    assert (ended.attempt, ended.token, ended.result) == (2, 2, {"attempt": 2})
    assert ("warning", "The worker before died in the middle: this is attempt 2.") in lines_of(acme, job)


def test_what_cannot_be_resumed_fails_in_words(acme: Tenant, diary: Path, gate: Path) -> None:
    with worker() as first:
        job = begun(acme, "test.once", diary, gate)
        first.kill()
    swept_until(acme, lambda: found(acme, job).state == "failed")

    assert found(acme, job).error.startswith("The worker died in the middle, and this can't be begun again")
    assert words(diary) == ["began 1"]


@pytest.mark.slow
def test_what_kills_its_worker_again_and_again_is_given_up(acme: Tenant, diary: Path, gate: Path) -> None:
    with worker() as first:
        job = begun(acme, "test.hangs", diary, gate)
        first.kill()
    with worker() as second:
        swept_until(acme, lambda: words(diary) == ["began 1", "began 2"])
        second.kill()
    swept_until(acme, lambda: found(acme, job).state == "failed")

    ended = found(acme, job)
    assert ended.error % ended.error_details == (
        "The worker died in the middle, 2 times: it isn't tried again by itself."
    )


def test_a_worker_that_stood_still_cannot_disturb_who_took_over(
    acme: Tenant, diary: Path, gate: Path
) -> None:
    with worker() as asleep:
        job = begun(acme, "test.hangs", diary, gate)
        asleep.signal(signal.SIGSTOP)
        gate.touch()
        with worker():
            swept_until(acme, lambda: found(acme, job).state == "done")
            taken_over = found(acme, job)
            asleep.signal(signal.SIGCONT)
            wait_until(lambda: f"Job {job.pk} was taken over: what attempt 1 did is dropped." in asleep.said)

    assert found(acme, job).__dict__ | {"_state": None} == taken_over.__dict__ | {"_state": None}
    assert taken_over.result == {"attempt": 2}


@pytest.mark.slow
def test_a_child_that_is_killed_alone_costs_the_job_one_attempt(
    acme: Tenant, diary: Path, gate: Path
) -> None:
    """As the kernel does that is out of memory: the message comes again at once, the job when its lease is over."""
    with worker():
        job = begun(acme, "test.hangs", diary, gate)
        os.kill(int(diary.read_text().split()[2]), signal.SIGKILL)
        gate.touch()
        swept_until(acme, lambda: found(acme, job).state == "done")

    assert words(diary) == ["began 1", "began 2", "ended 2"]


def test_cancelled_while_it_runs_it_ends_soon(acme: Tenant, diary: Path, gate: Path) -> None:
    with worker():
        job = begun(acme, "test.hangs", diary, gate)
        with bound_to(acme):
            Job.objects.get(pk=job.pk).cancel()
        wait_until(lambda: found(acme, job).state == "cancelled")

    assert words(diary) == ["began 1"]


@pytest.mark.slow
def test_cancelled_when_its_worker_was_dead_already_it_is_not_resumed(
    acme: Tenant, diary: Path, gate: Path
) -> None:
    with worker() as first:
        job = begun(acme, "test.hangs", diary, gate)
        first.kill()
    with bound_to(acme):
        Job.objects.get(pk=job.pk).cancel()
    swept_until(acme, lambda: found(acme, job).state == "cancelled")


@pytest.mark.slow
def test_a_message_that_comes_three_times_is_one_run(acme: Tenant, diary: Path) -> None:
    job = started(acme, "test.count", to=3, diary=str(diary))
    with bound_to(acme):
        for _ in range(2):
            kind = job.registered
            assert kind
            assert send(job, kind)
    last = started(acme, "test.count", to=1)
    with worker():
        wait_until(lambda: found(acme, last).state == "done")

    assert diary.read_text() == f"{acme.schema_name}\n"
    assert (found(acme, job).state, found(acme, job).token) == ("done", 1)


@pytest.mark.slow
def test_one_that_hears_nothing_is_ended_by_the_workers_own_limit(acme: Tenant) -> None:
    with worker():
        job = started(acme, "test.deaf")
        wait_until(lambda: found(acme, job).state == "failed")

    assert found(acme, job).error.startswith("It took longer than the %(minutes)s minutes")


@pytest.mark.slow
def test_a_suspended_tenants_job_waits_and_is_done_afterwards(
    new_tenant: Callable[[], Tenant], acme: Tenant, diary: Path
) -> None:
    tenant = new_tenant()
    with bound_to(CATALOG):
        tenant.suspend("test", "unpaid")
    job = started(tenant, "test.count", to=2, diary=str(diary))
    with worker() as process:
        wait_until(lambda: f"Job {job.pk} waits until it is." in process.said)
        assert (found(tenant, job).state, diary.exists()) == ("queued", False)
        with bound_to(CATALOG):
            tenant.resume("test")
        with bound_to(tenant):
            kind = job.registered
            assert kind
            send(job, kind)
        wait_until(lambda: found(tenant, job).state == "done")


@pytest.mark.slow
def test_suspended_while_it_runs_it_is_put_back_in_words(
    new_tenant: Callable[[], Tenant], diary: Path, gate: Path
) -> None:
    tenant = new_tenant()
    with worker():
        job = begun(tenant, "test.hangs", diary, gate)
        with bound_to(CATALOG):
            tenant.suspend("test", "unpaid")
        wait_until(lambda: found(tenant, job).state == "queued")

    assert found(tenant, job).attempt == 0
    assert lines_of(tenant, job)[-1] == (
        "warning",
        "The site was suspended: this goes on from its beginning once the site is open again.",
    )
