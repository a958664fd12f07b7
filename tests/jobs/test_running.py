"""One job, from the row to its end, done by this process."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from audit.context import acting
from jobs.exceptions import LeaseLost
from jobs.holding import take
from jobs.models import Job, JobLine
from jobs.running import carry_out
from jobs.starting import WrongSurface, start
from jobs.sweeping import sweep_one
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import NoTenantBound
from tenants.models import Tenant
from tests.jobs.conftest import change, done, found, lines_of, started

pytestmark = pytest.mark.usefixtures("nobody_listens")


def test_it_is_done_for_whom_it_was_started(acme: Tenant, globex: Tenant, diary: Path) -> None:
    job = done(acme, "test.count", to=3, diary=str(diary))

    assert (job.state, job.result, job.done, job.total) == ("done", {"to": 3}, 3, 3)
    assert diary.read_text() == f"{acme.schema_name}\n"
    assert lines_of(acme, job) == [("step", "Count"), ("info", "Counted to 3")]
    assert job.finished_at
    assert job.started_at
    assert job.started_at < job.finished_at


def test_done_once_it_is_not_done_again(acme: Tenant, diary: Path) -> None:
    job = done(acme, "test.count", to=3, diary=str(diary))

    carry_out(acme, job.pk)

    assert diary.read_text() == f"{acme.schema_name}\n"
    assert found(acme, job).token == 1


def test_at_another_tenant_there_is_no_such_job(acme: Tenant, globex: Tenant, diary: Path) -> None:
    job = started(acme, "test.count", to=3, diary=str(diary))

    carry_out(globex, job.pk)

    assert not diary.exists()
    assert found(acme, job).state == "queued"


def test_unbound_nothing_is_started() -> None:
    with pytest.raises(NoTenantBound):
        start("test.count", None, to=3)


def test_a_failure_that_knows_why_is_told_in_its_words(acme: Tenant) -> None:
    job = done(acme, "test.fails", how="in words")

    assert (job.state, job.error % job.error_details) == ("failed", "Only 3 of 4 are there.")
    assert job.lease_until is None


def test_any_other_failure_is_told_without_what_it_says(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    job = done(acme, "test.fails", how="badly")

    assert job.state == "failed"
    assert "(ValueError)" in job.error % job.error_details
    assert "secret@example.com" not in f"{job.error} {job.error_details} {lines_of(acme, job)}"
    assert f"Job {job.pk} (test.fails) failed." in caplog.text


@pytest.mark.parametrize("what", ["Alice", ["Alice"], None])
def test_a_log_line_names_nobody(acme: Tenant, what: object) -> None:
    job = done(acme, "test.says", what=what)

    assert (job.state, job.error_details) == ("failed", {"error": "TypeError"})
    assert lines_of(acme, job) == []


def test_arguments_that_its_body_does_not_take_fail_in_words(acme: Tenant) -> None:
    job = done(acme, "test.count", unto=3)

    assert (job.state, job.error_details) == ("failed", {"error": "TypeError"})


def test_a_kind_that_is_not_known_any_more_fails_in_words(acme: Tenant) -> None:
    job = started(acme, "test.count", to=3)
    change(acme, job, kind="test.forgotten")

    carry_out(acme, job.pk)

    assert found(acme, job).error == "This kind of work isn't known any more."


def test_a_job_of_the_platform_works_outside_of_any_binding(committed_catalog: None, diary: Path) -> None:
    job = done(CATALOG, "test.platform", diary=str(diary))

    assert (job.state, diary.read_text()) == ("done", "bound: False\n")
    assert lines_of(CATALOG, job) == [("step", "Look at everything")]


def test_a_tenant_cannot_start_a_job_of_the_platform(acme: Tenant, diary: Path) -> None:
    with pytest.raises(WrongSurface, match=r"test\.platform is the platform's"):
        started(acme, "test.platform", diary=str(diary))

    with bound_to(acme):
        assert not Job.objects.exists()


def test_a_job_of_the_platform_smuggled_into_a_tenants_table_is_not_done(globex: Tenant, diary: Path) -> None:
    """What Mallory could write with an SQL injection at Globex."""
    with bound_to(globex):
        job = Job.objects.create(kind="test.platform", arguments={"diary": str(diary)})

    carry_out(globex, job.pk)

    assert not diary.exists()
    assert found(globex, job).error == "This work is the platform's: it isn't done here."


def test_what_takes_too_long_is_stopped_in_words(acme: Tenant) -> None:
    job = done(acme, "test.short")

    assert job.state == "failed"
    assert job.error % job.error_details == (
        "It took longer than the 0.02 minutes it may take, and was stopped."
    )


def test_a_transaction_that_is_rolled_back_starts_nothing(acme: Tenant) -> None:
    with bound_to(acme), pytest.raises(ZeroDivisionError), transaction.atomic():
        started(acme, "test.count", to=3)
        raise ZeroDivisionError
    with bound_to(acme):
        assert not Job.objects.exists()
        assert not JobLine.objects.exists()


def test_who_was_taken_over_from_writes_nothing_more(acme: Tenant) -> None:
    """Alive after all, while the next worker is in the middle of it."""
    job = started(acme, "test.count", to=3)
    first = take(acme, job.pk)
    assert first
    change(acme, job, lease_until=timezone.now() - timedelta(seconds=1))
    sweep_one(acme)
    second = take(acme, job.pk)
    assert second

    for write in (lambda: first.report(done=9), lambda: first.finish("done"), first.put_back):
        with pytest.raises(LeaseLost):
            write()

    now = found(acme, job)
    assert (now.state, now.token, now.done) == ("running", 2, 0)
    second.finish("done")
    assert found(acme, job).state == "done"


def test_it_acts_for_whom_it_was_asked_even_when_the_sweep_sends_it(acme: Tenant) -> None:
    with acting("user:alice"):
        job = started(acme, "test.actor")

    with acting("system:jobs.tasks.sweep_jobs"):
        carry_out(acme, job.pk)

    assert found(acme, job).result == {"actor": "user:alice"}
