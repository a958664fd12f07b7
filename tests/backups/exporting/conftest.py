"""Initech, whose data is exported: one real tenant for all tests, with the encrypted columns of a test app."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZipFile

import pyrage
import pytest
from django.conf import settings as product
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from audit.context import acting
from jobs.models import Job
from jobs.running import carry_out
from keys.remembering import memory
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.conftest import APP, make_tables
from tests.support import fleet

PURPOSE = "We move to a system of our own."
Export = Callable[..., "Opened"]


class Opened:
    """An export, as its owner opens it."""

    def __init__(self, sealed: bytes, identity: pyrage.x25519.Identity) -> None:
        self.sealed = sealed
        self.zip = ZipFile(BytesIO(pyrage.decrypt(sealed, [identity])))

    def text(self, name: str) -> str:
        return self.zip.read(name).decode("utf-8-sig")

    def rows(self, table: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text(f"records/{table}.jsonl").splitlines()]


@pytest.fixture(scope="package")
def office(databases: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    with django_db_blocker.unblock(), acting("test"):
        tenant = fleet.provision(name="Initech")
        make_tables(tenant)
        with bound_to(tenant):
            fleet.add_user("owner@example.com", "Olivia", "owner")
        yield tenant
        fleet.close(tenant)


@pytest.fixture
def initech(office: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """The test itself is the worker."""
    settings.INSTALLED_APPS = [*product.INSTALLED_APPS, APP]
    settings.TENANT_LABELS = {*product.TENANT_LABELS, "vault"}
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    memory.forget()
    yield office
    with bound_to(office):
        Job.objects.all().delete()
    memory.forget()


@pytest.fixture
def olivia_client(initech: Tenant) -> Client:
    with bound_to(initech):
        olivia = User.objects.get(email="owner@example.com")
    return fleet.signed_in(initech, olivia)


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def asked(initech: Tenant, olivia_client: Client, identity: pyrage.x25519.Identity) -> Callable[[], Job]:
    def ask() -> Job:
        form = {"recipient": str(identity.to_public()), "purpose": PURPOSE}
        answer = olivia_client.post("/exports/new/", form)
        with bound_to(initech):
            job = Job.objects.first()
        assert job
        assert answer["Location"] == f"/exports/{job.pk}/"
        return job

    return ask


@pytest.fixture
def export(
    initech: Tenant, olivia_client: Client, asked: Callable[[], Job], identity: pyrage.x25519.Identity
) -> Callable[[], Opened]:
    def exported() -> Opened:
        job = asked()
        carry_out(initech, job.pk)
        answer = olivia_client.get(f"/exports/{job.pk}/file/")
        assert answer.status_code == 200, ended(initech, job).error
        return Opened(b"".join(answer), identity)

    return exported


def ended(tenant: Tenant, job: Job) -> Job:
    with bound_to(tenant):
        return Job.objects.get(pk=job.pk)
