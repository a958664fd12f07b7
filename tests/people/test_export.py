import csv
from collections.abc import Callable
from io import StringIO

import pytest

from accounts.models import User
from audit.reading import read
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet


@pytest.fixture
def initech(new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """The test itself is the worker."""
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    return new_tenant(name="Initech")


def person(tenant: Tenant, *codes: str) -> User:
    with bound_to(tenant):
        pete = fleet.add_user("pete@initech.example", "=Pete", "accountant")
        fleet.give(pete, *codes)
        return pete


def test_it_holds_what_the_list_shows(initech: Tenant) -> None:
    pete = person(initech, "accounts.user:view", "accounts.user:export")
    client = fleet.signed_in(initech, pete)
    assert "1 person of the list" in client.get("/people/export/?q=pete").content.decode()
    assert client.post("/people/export/?q=pete").status_code == 302
    with bound_to(initech):
        job = Job.objects.get()
    carry_out(initech, job.pk)

    content = b"".join(client.get(f"/jobs/{job.pk}/file/")).decode("utf-8-sig")
    [row] = csv.DictReader(StringIO(content))
    assert (row["name"], row["email"], row["state"], row["second_factor"]) == (
        *("'=Pete", "pete@initech.example", "active", "no"),
    )
    assert "Accountant (tenant)" in row["roles"]
    with bound_to(initech):
        [event] = read(action="accounts.people_exported")
    assert (event.actor, event.details) == (f"user:{pete.pk}", {"number": 1})


def test_whoever_lost_the_right_gets_no_file(initech: Tenant) -> None:
    pete = person(initech, "accounts.user:view", "accounts.user:export")
    fleet.signed_in(initech, pete).post("/people/export/")
    with bound_to(initech):
        User.objects.filter(pk=pete.pk).update(is_active=False)
        job = Job.objects.get()
    carry_out(initech, job.pk)
    with bound_to(initech):
        job.refresh_from_db()
        assert (job.state, job.file) == (Job.State.FAILED, "")
        assert read(action="accounts.people_exported") == []


def test_whoever_may_look_may_not_take_it_along(initech: Tenant) -> None:
    client = fleet.signed_in(initech, person(initech, "accounts.user:view"))
    assert [client.get("/people/export/").status_code, client.post("/people/export/").status_code] == [
        403,
        403,
    ]
    with bound_to(initech):
        assert not Job.objects.exists()
