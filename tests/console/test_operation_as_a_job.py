"""What the console asks for is done by a job of the platform: to its end, again after a failure, and if killed."""

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from jobs.running import carry_out
from jobs.sweeping import sweep_one
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import StepFunction
from tenants.models import Operation
from tests.lifecycle.dying import die, end_of, start, steps_wrapped
from tests.lifecycle.looking import is_whole
from tests.support import fleet
from tests.support.authenticator import come_in, without_devices

TYPED = {"slug": "hooli", "name": "Hooli", "language": "en", "owner_name": "Olivia"}
MAIL = {"owner_email": "owner@example.com"}


@pytest.fixture
def client(databases: None, cast: object, real_catalog: None) -> Iterator[Client]:
    """Oscar's, without a savepoint; what he asks for waits, since no worker listens here."""
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    come_in(client, CATALOG, "oscar@amana.example")
    yield client
    client.post("/sign-out/")
    without_devices(CATALOG)
    with bound_to(CATALOG):
        Job.objects.all().delete()


def asked(client: Client) -> tuple[Job, str]:
    """The job, and the address of its page."""
    response = client.post("/tenants/new/", TYPED | MAIL)
    return newest(), response["Location"]


def newest() -> Job:
    with bound_to(CATALOG):
        job = Job.objects.first()
    assert job
    return job


def state_of(job: Job) -> str:
    with bound_to(CATALOG):
        return Job.objects.get(pk=job.pk).state


def fail_at_the_walls(name: str, function: StepFunction, operation: Operation) -> None:
    if name == "raise_walls":
        raise OSError("The disk is full.")
    function(operation)


def die_at_the_walls(name: str, function: StepFunction, operation: Operation) -> None:
    if name == "raise_walls":
        die()
    function(operation)


def test_its_job_does_all_of_it(client: Client) -> None:
    job, page = asked(client)

    carry_out(CATALOG, job.pk)

    assert state_of(job) == "done"
    assert client.get(page).context["progress"].state == "done"
    assert is_whole("hooli")
    with bound_to(CATALOG):
        assert job.lines.filter(level="step").count() == len(settings.AMANA_STEPS["provision"])


def test_a_failure_stands_on_its_page_and_a_second_job_goes_on(client: Client) -> None:
    job, page = asked(client)
    with steps_wrapped(fail_at_the_walls):
        carry_out(CATALOG, job.pk)
    told = client.get(page).content.decode()
    assert state_of(job) == "failed"
    assert "The disk is full." in told

    client.post(f"{page}retry/")
    second = newest()
    carry_out(CATALOG, second.pk)

    assert second.pk != job.pk
    assert state_of(second) == "done"
    assert is_whole("hooli")


def test_killed_in_the_middle_it_goes_on_with_the_next_worker(client: Client) -> None:
    job, _page = asked(client)

    def work() -> None:
        with steps_wrapped(die_at_the_walls):
            carry_out(CATALOG, job.pk)

    assert end_of(start(work)) == -signal.SIGKILL
    assert state_of(job) == "running"
    with bound_to(CATALOG):
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep_one(CATALOG)
    carry_out(CATALOG, job.pk)

    assert state_of(job) == "done"
    assert is_whole("hooli")
