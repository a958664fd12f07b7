"""Acme and Globex as they are committed: what runs a job has connections of its own. Jobs are swept away after."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Job
from jobs.running import carry_out
from jobs.starting import start
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.files import delete_all_files
from tenants.models import Tenant, Watch
from tests.jobs import background as background
from tests.support.authenticator import come_in
from tests.support.fleet import client_of

Started = Callable[..., Job]


@pytest.fixture
def acme(cast: dict[str, Tenant]) -> Iterator[Tenant]:
    yield cast["acme"]
    forget_jobs_of(cast["acme"])


@pytest.fixture
def globex(cast: dict[str, Tenant]) -> Iterator[Tenant]:
    yield cast["globex"]
    forget_jobs_of(cast["globex"])


@pytest.fixture
def committed_catalog(databases: None) -> Iterator[None]:
    yield
    with bound_to(CATALOG):
        Job.objects.all().delete()


def forget_jobs_of(tenant: Tenant) -> None:
    with bound_to(tenant):
        Job.objects.all().delete()
        delete_all_files()
    with bound_to(CATALOG):
        Watch.objects.filter(tenant=tenant).delete()


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages go nowhere: the test itself is the worker."""
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    monkeypatch.setattr("jobs.sweeping.send", lambda job, kind: False)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def started(target: Bindable, name: str, owner: User | None = None, /, **arguments: Any) -> Job:
    with bound_to(target):
        return start(name, owner, **arguments)


def done(target: Bindable, name: str, owner: User | None = None, /, **arguments: Any) -> Job:
    """Started and carried out here, to its end."""
    job = started(target, name, owner, **arguments)
    carry_out(target, job.pk)
    return found(target, job)


def found(target: Bindable, job: Job) -> Job:
    """As it stands now."""
    with bound_to(target):
        return Job.objects.get(pk=job.pk)


def change(target: Bindable, job: Job, **values: Any) -> None:
    with bound_to(target):
        Job.objects.filter(pk=job.pk).update(**values)


def lines_of(target: Bindable, job: Job) -> list[tuple[str, str]]:
    with bound_to(target):
        return [(line.level, line.text % line.details) for line in job.lines.all()]


def client_for(tenant: Tenant, email: str) -> Client:
    client = client_of(tenant.primary_host)
    come_in(client, tenant, email)
    return client


def person(tenant: Tenant, email: str) -> User:
    with bound_to(tenant):
        return User.objects.get(email=email)


@pytest.fixture
def alice(acme: Tenant) -> User:
    return person(acme, "alice@acme.example")


@pytest.fixture
def bob(acme: Tenant) -> User:
    return person(acme, "bob@acme.example")
