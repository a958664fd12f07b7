from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Step, Tenant, TenantState
from tests.console.asking import operations_of

LINK = "http://initech.localhost:8000/set-password/owner/once/"


def change(operation: Operation, **values: Any) -> None:
    with bound_to(CATALOG):
        Operation.objects.filter(pk=operation.pk).update(**values)


def run_first_step(operation: Operation, began: datetime, ended: datetime | None) -> None:
    with bound_to(CATALOG):
        Step.objects.filter(operation=operation, position=0).update(started_at=began, finished_at=ended)


def finish(operation: Operation, at: datetime, state: TenantState = TenantState.ACTIVE) -> None:
    change(operation, state=Operation.State.DONE, finished_at=at, owner_link=LINK)
    with bound_to(CATALOG):
        operation.steps.update(started_at=at, finished_at=at)
        Tenant.objects.filter(pk=operation.tenant_id).update(state=state)


def follows(response: Any, operation: Operation) -> bool:
    """It asks for its changes each second; without script it is loaded anew."""
    page = response.content.decode()
    asks = f'hx-get="/operations/{operation.pk}/progress/?pulse=' in page and 'hx-trigger="every 1s"' in page
    return asks and '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page


def test_before_it_begins_every_step_waits(oscar_client: Client, provisioning: Operation) -> None:
    response = oscar_client.get(f"/operations/{provisioning.pk}/")

    assert response.status_code == 200
    with bound_to(CATALOG):
        titles = [*provisioning.steps.values_list("title", flat=True)]
    lines = response.context["progress"].lines
    assert len(lines) > 5
    assert [(line.title, line.state, line.seconds) for line in lines] == [
        (title, "waiting", None) for title in titles
    ]
    assert response.context["spoken"] == "Waiting. 0 %"
    assert follows(response, provisioning)


def test_a_step_shows_how_long_it_took_or_takes(oscar_client: Client, provisioning: Operation) -> None:
    change(provisioning, state=Operation.State.RUNNING)
    now = timezone.now()
    run_first_step(provisioning, now - timedelta(seconds=3), now - timedelta(seconds=1.5))
    with bound_to(CATALOG):
        Step.objects.filter(operation=provisioning, position=1).update(
            started_at=now - timedelta(seconds=1.5)
        )

    response = oscar_client.get(f"/operations/{provisioning.pk}/")

    first, second, third = response.context["progress"].lines[:3]
    assert (first.state, first.seconds) == ("done", 1.5)
    assert (second.state, third.state) == ("running", "waiting")
    assert response.context["spoken"].startswith(f"Running. {second.title}. ")
    assert 1.5 <= second.seconds < 10
    assert "1.50 s" in response.content.decode()
    assert follows(response, provisioning)


def test_what_nobody_takes_up_says_so(oscar_client: Client, provisioning: Operation) -> None:
    change(provisioning, queued_at=timezone.now() - timedelta(seconds=20))

    page = oscar_client.get(f"/operations/{provisioning.pk}/").content.decode()

    assert "Nobody has taken this up yet" in page


def test_a_failure_is_told_in_words_and_the_page_rests(oscar_client: Client, provisioning: Operation) -> None:
    run_first_step(provisioning, timezone.now(), None)
    change(provisioning, state=Operation.State.FAILED, error="OperationalError: the disk is full")

    response = oscar_client.get(f"/operations/{provisioning.pk}/")

    page = response.content.decode()
    assert response.context["progress"].lines[0].state == "failed"
    assert "OperationalError: the disk is full" in page
    assert f'action="/operations/{provisioning.pk}/retry/"' in page
    assert "/progress/" not in page


def test_tried_again_the_same_operation_waits(oscar_client: Client, provisioning: Operation) -> None:
    change(provisioning, state=Operation.State.FAILED, error="OperationalError: the disk is full")

    response = oscar_client.post(f"/operations/{provisioning.pk}/retry/")

    assert response["Location"] == f"/operations/{provisioning.pk}/"
    [operation] = operations_of(provisioning.tenant)
    assert (operation.pk, operation.state) == (provisioning.pk, Operation.State.QUEUED)


@pytest.mark.parametrize("state", [Operation.State.QUEUED, Operation.State.RUNNING, Operation.State.DONE])
def test_what_did_not_fail_is_not_tried_again(
    oscar_client: Client, provisioning: Operation, state: Operation.State
) -> None:
    change(provisioning, state=state)

    response = oscar_client.post(f"/operations/{provisioning.pk}/retry/")

    assert response.status_code == 409
    [operation] = operations_of(provisioning.tenant)
    assert (operation.pk, operation.state) == (provisioning.pk, state)


def test_setting_up_what_is_being_closed_is_not_tried_again(
    oscar_client: Client, provisioning: Operation
) -> None:
    change(provisioning, state=Operation.State.FAILED)
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=provisioning.tenant_id).update(state=TenantState.CLOSING)

    page = oscar_client.get(f"/operations/{provisioning.pk}/").content.decode()
    response = oscar_client.post(f"/operations/{provisioning.pk}/retry/")

    assert f"/operations/{provisioning.pk}/retry/" not in page
    assert response.status_code == 409
    [operation] = operations_of(provisioning.tenant)
    assert operation.state == Operation.State.FAILED


def test_done_it_shows_the_tenant_and_the_owners_link(oscar_client: Client, provisioning: Operation) -> None:
    finish(provisioning, at=timezone.now())

    response = oscar_client.get(f"/operations/{provisioning.pk}/")

    page = response.content.decode()
    assert LINK in page
    assert "ivy@initech.example" in page
    assert f'href="/tenants/{provisioning.tenant_id}/"' in page
    assert "/progress/" not in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("days", [3, 30])
def test_an_old_link_is_not_shown(oscar_client: Client, provisioning: Operation, days: int) -> None:
    finish(provisioning, at=timezone.now() - timedelta(days=days))

    assert LINK not in oscar_client.get(f"/operations/{provisioning.pk}/").content.decode()


def test_the_link_of_a_closed_tenant_is_not_shown(oscar_client: Client, provisioning: Operation) -> None:
    finish(provisioning, at=timezone.now(), state=TenantState.CLOSED)

    assert LINK not in oscar_client.get(f"/operations/{provisioning.pk}/").content.decode()


def test_before_it_is_done_no_link_is_shown(oscar_client: Client, provisioning: Operation) -> None:
    change(provisioning, state=Operation.State.RUNNING, owner_link=LINK)

    assert LINK not in oscar_client.get(f"/operations/{provisioning.pk}/").content.decode()


def test_its_changes_come_until_it_is_over(oscar_client: Client, provisioning: Operation) -> None:
    change(provisioning, state=Operation.State.RUNNING)
    going_on = oscar_client.get(f"/operations/{provisioning.pk}/progress/")
    finish(provisioning, at=timezone.now())
    over = oscar_client.get(f"/operations/{provisioning.pk}/progress/?pulse={going_on.context['pulse']}")

    assert (going_on.status_code, over.status_code) == (200, 286)
    assert follows(oscar_client.get(f"/operations/{provisioning.pk}/"), provisioning) is False
    assert 'hx-get="/operations/' in going_on.content.decode()
    assert 'hx-get="/operations/' not in over.content.decode()
    assert LINK in over.content.decode()
    assert 'hx-swap-oob="true">Done</span>' in over.content.decode()


def test_what_seldom_changes_comes_only_when_it_did(oscar_client: Client, provisioning: Operation) -> None:
    first = oscar_client.get(f"/operations/{provisioning.pk}/progress/")
    again = oscar_client.get(f"/operations/{provisioning.pk}/progress/?pulse={first.context['pulse']}")

    assert "hx-swap-oob" in first.content.decode()
    assert "hx-swap-oob" not in again.content.decode()


def jobs_of(operation: Operation) -> list[tuple[str, str, object]]:
    with bound_to(CATALOG):
        jobs = Job.objects.filter(arguments__operation=str(operation.pk))
        return [(job.title, job.state, job.owner_id) for job in jobs]


def test_trying_again_starts_one_job_of_who_asked(
    oscar_client: Client, oscar: User, provisioning: Operation
) -> None:
    change(provisioning, state=Operation.State.FAILED, error="OperationalError: the disk is full")

    oscar_client.post(f"/operations/{provisioning.pk}/retry/")

    assert jobs_of(provisioning) == [("Setting up Initech Ltd", "queued", oscar.pk)]


def test_while_its_job_waits_it_gets_no_second_one(
    oscar_client: Client, oscar: User, provisioning: Operation
) -> None:
    for _ in range(2):
        change(provisioning, state=Operation.State.FAILED)
        oscar_client.post(f"/operations/{provisioning.pk}/retry/")

    assert len(jobs_of(provisioning)) == 1


def test_its_job_is_shown_on_this_page_and_on_no_other(
    oscar_client: Client, oscar: User, provisioning: Operation
) -> None:
    change(provisioning, state=Operation.State.FAILED)
    oscar_client.post(f"/operations/{provisioning.pk}/retry/")
    with bound_to(CATALOG):
        job = Job.objects.get(arguments__operation=str(provisioning.pk))

    listed = oscar_client.get("/jobs/").content.decode()
    page = oscar_client.get(f"/jobs/{job.pk}/")
    refused = oscar_client.post(f"/jobs/{job.pk}/cancel/")

    assert f'href="/operations/{provisioning.pk}/">Setting up Initech Ltd</a>' in listed
    assert page["Location"] == f"/operations/{provisioning.pk}/"
    assert refused.status_code == 404
    assert jobs_of(provisioning) == [("Setting up Initech Ltd", "queued", oscar.pk)]
