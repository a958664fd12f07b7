"""What the minute's look puts right, and what it leaves alone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from jobs.running import carry_out
from jobs.sweeping import sweep, sweep_one
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant, Watch
from tenants.pool import pool
from tests.jobs.conftest import change, done, found, started

LONG_AGO = timedelta(hours=2)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of which messages were sent, instead of sending them."""
    kinds: list[str] = []
    for module in ("jobs.starting", "jobs.sweeping"):
        monkeypatch.setattr(f"{module}.send", lambda job, kind: kinds.append(kind.name))
    return kinds


def ago(**how_long: float) -> object:
    return timezone.now() - timedelta(**how_long)


def watch_of(tenant: Tenant) -> Watch | None:
    with bound_to(CATALOG):
        return Watch.objects.filter(tenant=tenant).first()


def time_passes(tenant: Tenant) -> None:
    """Whoever asked to be watched did so long ago, and is due."""
    with bound_to(CATALOG):
        Watch.objects.filter(tenant=tenant).update(due_at=ago(minutes=1), asked_at=ago(hours=1))


def test_a_message_that_nobody_took_is_sent_again_ever_more_seldom(acme: Tenant, sent: list[str]) -> None:
    job = started(acme, "test.count", to=1)
    sweep_one(acme)
    assert sent == ["test.count"]

    for sends, seconds in ((1, 61), (2, 121), (3, 241)):
        change(acme, job, sent_at=ago(seconds=seconds - 2))
        sweep_one(acme)
        assert found(acme, job).sends == sends
        change(acme, job, sent_at=ago(seconds=seconds))
        sweep_one(acme)
        assert found(acme, job).sends == sends + 1
    assert sent == ["test.count"] * 4


def test_what_a_living_worker_holds_is_left_alone(acme: Tenant, sent: list[str]) -> None:
    job = started(acme, "test.count", to=1)
    soon = timezone.now() + timedelta(seconds=5)
    change(acme, job, state="running", lease_until=soon, killed_at=soon, token=1, attempt=1)

    sweep_one(acme)

    assert (found(acme, job).state, sent) == ("running", ["test.count"])


def test_what_outlived_its_limit_is_ended_although_its_lease_is_renewed(acme: Tenant) -> None:
    job = started(acme, "test.count", to=1)
    soon = timezone.now() + timedelta(seconds=5)
    change(acme, job, state="running", lease_until=soon, killed_at=ago(seconds=1), token=1, attempt=1)

    sweep_one(acme)

    ended = found(acme, job)
    assert (ended.state, ended.error % ended.error_details) == (
        "failed",
        "It took longer than the 10 minutes it may take, and was stopped.",
    )


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_kind_that_is_not_known_any_more_ends_in_words(acme: Tenant, state: str) -> None:
    job = started(acme, "test.count", to=1)
    change(acme, job, kind="test.forgotten", state=state, lease_until=ago(seconds=1), sent_at=ago(hours=1))

    sweep_one(acme)

    ended = found(acme, job)
    assert (ended.state, ended.error) == ("failed", "This kind of work isn't known any more.")
    assert ended.finished_at


def test_a_file_is_deleted_when_its_time_is_over(acme: Tenant, alice: User) -> None:
    job = done(acme, "test.file", alice, text="x")
    path = Path(settings.MEDIA_ROOT) / acme.schema_name / job.file
    assert path.read_text() == "x"

    sweep_one(acme)
    assert path.exists()
    change(acme, job, file_expires_at=ago(seconds=1))
    sweep_one(acme)

    assert not path.exists()
    assert not (path.parents[1]).exists()
    assert (found(acme, job).file, found(acme, job).state) == ("", "done")


def test_a_job_is_forgotten_after_ninety_days(acme: Tenant, alice: User) -> None:
    old, young = (done(acme, "test.file", alice, text="x") for _ in range(2))
    change(acme, old, finished_at=ago(days=90, seconds=1))
    change(acme, young, finished_at=ago(days=89))

    sweep_one(acme)

    with bound_to(acme):
        assert [*Job.objects.all()] == [young]
    files = Path(settings.MEDIA_ROOT) / acme.schema_name / "jobs"
    assert [folder.name for folder in files.iterdir()] == [str(young.pk)]


def test_what_a_killed_worker_left_as_a_file_goes_with_the_next_attempt(acme: Tenant, alice: User) -> None:
    job = done(acme, "test.file", alice, text="half")
    change(acme, job, state="running", file="", lease_until=ago(seconds=1))

    sweep_one(acme)
    carry_out(acme, job.pk)

    files = Path(settings.MEDIA_ROOT) / acme.schema_name / "jobs" / str(job.pk)
    assert [folder.name for folder in files.iterdir()] == ["2"]


def test_only_tenants_with_work_are_looked_at(acme: Tenant, globex: Tenant, sent: list[str]) -> None:
    for tenant in (acme, globex):
        change(tenant, started(tenant, "test.count", to=1), sent_at=ago(hours=2))
    time_passes(acme)

    sweep()

    assert sent == ["test.count"] * 3
    with bound_to(globex):
        assert Job.objects.get().sends == 1


def test_who_has_nothing_left_to_wait_for_is_not_looked_at_any_more(acme: Tenant) -> None:
    job = done(acme, "test.count", to=1)
    with bound_to(acme):
        Job.objects.filter(pk=job.pk).delete()
    time_passes(acme)

    sweep()

    assert watch_of(acme) is None


def test_the_next_look_is_when_the_next_thing_ends(acme: Tenant, alice: User) -> None:
    job = done(acme, "test.file", alice, text="x")
    time_passes(acme)

    sweep()

    watch = watch_of(acme)
    assert watch
    assert watch.due_at == job.file_expires_at


def test_a_watch_asked_for_a_moment_ago_outlives_a_look_that_finds_nothing(acme: Tenant) -> None:
    """The transaction that asked for it may not have committed its job yet."""
    with bound_to(acme), pytest.raises(ZeroDivisionError), transaction.atomic():
        started(acme, "test.count", to=1)
        raise ZeroDivisionError
    with bound_to(CATALOG):
        Watch.objects.filter(tenant=acme).update(due_at=ago(minutes=1))

    sweep()

    assert watch_of(acme)


def test_a_suspended_tenants_jobs_are_left_alone(new_tenant: Callable[[], Tenant], sent: list[str]) -> None:
    tenant = new_tenant()
    job = started(tenant, "test.count", to=1)
    change(tenant, job, sent_at=ago(hours=2))
    time_passes(tenant)
    with bound_to(CATALOG):
        tenant.suspend("test", "unpaid")

    sweep()
    assert sent == ["test.count"]

    with bound_to(CATALOG):
        tenant.resume("test")
    sweep()
    assert sent == ["test.count"] * 2


def test_one_tenants_trouble_stops_no_other(acme: Tenant, globex: Tenant, sent: list[str]) -> None:
    for tenant in (acme, globex):
        change(tenant, started(tenant, "test.count", to=1), sent_at=ago(hours=2))
        time_passes(tenant)
    with bound_to(CATALOG):
        Watch.objects.filter(tenant=acme).update(due_at=ago(minutes=2))
        Tenant.objects.filter(pk=acme.pk).update(era=9)
    pool.close_idle(acme.schema_name)
    try:
        sweep()
    finally:
        with bound_to(CATALOG):
            Tenant.objects.filter(pk=acme.pk).update(era=acme.era)

    assert sent == ["test.count"] * 3
    watch = watch_of(acme)
    assert watch
    assert watch.due_at < timezone.now()


def test_jobs_of_the_platform_are_swept_always(committed_catalog: None, sent: list[str]) -> None:
    job = started(CATALOG, "test.platform", diary="")
    change(CATALOG, job, sent_at=ago(hours=2))

    sweep()

    assert sent == ["test.platform"] * 2
