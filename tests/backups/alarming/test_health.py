"""/health/backups/: a probe that stands elsewhere sees a dead scheduler and a stale backup, and no name."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from backups.alarming.health import KEY
from backups.alarming.raising import raise_alarm
from backups.models import Backup, Drill, Pulse
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies

pytestmark = pytest.mark.usefixtures("quiet")
TOKEN = "a token of the probe that watches from another machine 42"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.AMANA_HEALTH_TOKEN = TOKEN
    caches["platform"].delete(KEY)


def asked(authorization: str = f"Bearer {TOKEN}", *, anew: bool = True) -> tuple[int, dict[str, Any]]:
    if anew:
        caches["platform"].delete(KEY)
    client = Client(SERVER_NAME=product.AMANA_PUBLIC_HOST)
    answer = client.get("/health/backups/", headers={"Authorization": authorization})
    assert not answer.cookies
    return answer.status_code, answer.json()


def test_all_is_well_where_everybody_is_protected() -> None:
    status, found = asked()
    assert (status, found["healthy"], found["problems"]) == (200, True, [])
    assert 3600 <= found["worst_age_seconds"] < 3700
    assert found["last_planner_tick"]
    assert (found["last_drill"], found["stale"], found["never_copied"]) == (None, 0, 0)


@pytest.mark.parametrize("authorization", ["", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ünï"])
def test_without_the_token_nothing_is_told(authorization: str) -> None:
    status, found = asked(authorization)
    assert (status, [*found]) == (401, ["error"])
    assert caches["platform"].get(KEY) is None


def test_where_no_token_is_set_there_is_no_such_page(settings: Settings) -> None:
    settings.AMANA_HEALTH_TOKEN = ""
    client = Client(SERVER_NAME=product.AMANA_PUBLIC_HOST)
    assert client.get("/health/backups/", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("host", ["acme", "operator"])
def test_it_is_on_the_public_site_only(host: str) -> None:
    client = Client(SERVER_NAME=f"{host}.{product.AMANA_PUBLIC_HOST}")
    answer = client.get("/health/backups/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 404


def test_a_scheduler_that_is_dead_for_five_minutes_is_seen() -> None:
    with bound_to(CATALOG):
        Pulse.objects.update(at=timezone.now() - timedelta(minutes=5, seconds=1))
    status, found = asked()
    assert (status, found["problems"]) == (503, ["scheduler"])


def test_a_scheduler_that_never_ran_is_seen() -> None:
    with bound_to(CATALOG):
        Pulse.objects.all().delete()
    assert asked()[0] == 503


def test_a_stale_copy_is_seen_though_nobody_watches(acme: Tenant) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=acme).update(snapshot_at=timezone.now() - timedelta(hours=27))
    status, found = asked()
    assert (status, found["problems"], found["stale"]) == (503, ["stale"], 1)
    assert found["worst_age_seconds"] >= 27 * 3600


def test_a_failed_drill_is_seen_and_nobody_is_named(acme: Tenant) -> None:
    with bound_to(CATALOG):
        backup = Backup.objects.filter(tenant=acme).get()
        Drill.objects.create(
            tenant=acme, backup=backup, state="failed", failed_step="restore", finished_at=timezone.now()
        )
    raise_alarm("drill", acme, "The drill of acme failed at the step restore.")
    status, found = asked()
    assert (status, found["problems"], found["last_drill_passed"]) == (503, ["drill"], False)
    assert found["open_alarms"] == {"drill": 1}
    words = str(found).lower()
    assert "acme" not in words
    assert acme.schema_name not in words


def test_a_dead_drill_worker_is_seen_though_nothing_fails(acme: Tenant) -> None:
    with bound_to(CATALOG):
        ago = timezone.now() - timedelta(days=31)
        Backup.objects.create(
            tenant=acme, tier="daily", state="done", snapshot_at=ago, finished_at=ago, removed_at=ago
        )
        Backup.objects.filter(tenant=acme, removed_at=None).update(verified_at=ago)
    status, found = asked()
    assert (status, found["problems"]) == (503, ["undrilled", "unverified"])
    assert (found["undrilled"], found["unverified"]) == (1, 1)


def test_a_stopped_drill_is_none(acme: Tenant) -> None:
    with bound_to(CATALOG):
        backup = Backup.objects.filter(tenant=acme).get()
        Drill.objects.create(tenant=acme, backup=backup, state="failed", finished_at=timezone.now())
    status, found = asked()
    assert (status, found["last_drill"], found["last_drill_passed"]) == (200, None, None)


def test_it_is_looked_up_once_in_five_seconds_however_often_it_is_asked(acme: Tenant) -> None:
    assert asked()[0] == 200
    with bound_to(CATALOG):
        forget_copies()
    assert asked(anew=False)[0] == 200
    assert asked()[0] == 503
