"""prepare: an empty server becomes a product that answers, as often as it is asked."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import TotpDevice
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.lifecycle.looking import nothing_is_orphaned, tenants_called
from tests.support import fleet
from tests.support.authenticator import Authenticator
from tests.support.command_line import manage, ours, without_secrets

CUSTOMERS = ("nakheel", "qiming", "brindley")
PRODUCTION = {
    "AMANA_ENV": "production",
    "AMANA_ORIGIN": "https://amana.example",
    "AMANA_DATABASE_URL": "postgresql://amana_catalog:x@db.example/catalog",
    "AMANA_BROKER_URL": "amqps://broker.example",
    "AMANA_CACHE_URL": "rediss://cache.example",
}


@pytest.fixture
def demo(real_catalog: None) -> Iterator[Path]:
    path = Path(settings.AMANA_VAR) / "demo.json"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)
    with bound_to(CATALOG):
        TotpDevice.objects.all().delete()


@pytest.mark.usefixtures("real_catalog")
def test_without_the_demo_nobody_is_set_up(demo: Path) -> None:
    with bound_to(CATALOG):
        before = Tenant.objects.count()

    done = manage("prepare", "--no-demo")

    assert (done.code, done.error) == (0, "")
    assert [line.partition(" ready ")[0].strip() for line in done.lines] == [
        "Catalog",
        "Key store",
        "Recovery keys",
        "Template",
        "Tenants",
        "Static files",
    ]
    assert not demo.exists()
    with bound_to(CATALOG):
        assert Tenant.objects.count() == before


@pytest.mark.slow
def test_the_demo_can_be_signed_in_to_and_a_second_run_changes_nothing(demo: Path) -> None:
    first = manage("prepare")
    assert (first.code, first.error) == (0, "")
    written = demo.read_bytes()

    second = manage("prepare")

    assert (second.code, second.error) == (0, "")
    assert demo.read_bytes() == written
    assert demo.stat().st_mode & 0o777 == 0o600
    assert demo.stat().st_uid == os.getuid()
    assert [len(tenants_called(slug)) for slug in CUSTOMERS] == [1, 1, 1]
    assert nothing_is_orphaned()
    people = json.loads(written)
    assert {entry["host"] for entry in people} >= {f"{slug}.localhost" for slug in CUSTOMERS}
    for person in people:
        _signs_in(**person)
    assert [entry["roles"] for entry in people].count(["owner"]) == 3
    assert [person["email"] for person in people if not person["totp_secret"]] == ["zhao.min@qiming.example"]


def _signs_in(*, host: str, email: str, password: str, totp_secret: str | None, **_: object) -> None:
    client = fleet.client_of(host)
    asked = client.post("/sign-in/", {"email": email, "password": password})
    assert asked.status_code == 302, email
    if totp_secret:
        assert asked["Location"] == "/second-factor/", email
        code = Authenticator(totp_secret).code()
        assert client.post("/second-factor/", {"code": code})["Location"] == "/", email
    assert not client.get("/").headers.get("Location", "").startswith("/sign-in/"), email


def test_it_wants_the_provisioner() -> None:
    refused = manage("prepare", environment=without_secrets())

    assert (refused.code, refused.output) == (1, "")
    assert refused.error == (
        "prepare: This process doesn't hold the provisioner's credential; the control worker does.\n"
    )


def test_in_production_there_is_no_demo(demo: Path) -> None:
    refused = manage("prepare", environment=ours() | PRODUCTION)

    assert refused.code == 2
    assert "Amana refuses to start: " in refused.error
    assert not demo.exists()
