"""Beyond sixty seconds there is an alarm: opened once, closed when it is over, and shown to operators."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Alarm, SealState
from audit.watching import troubles, watch
from tenants.binding import CATALOG, bound_to
from tenants.models import Server, Tenant

pytestmark = pytest.mark.usefixtures("catalog")
LONG_AGO = timedelta(seconds=61)


@pytest.fixture(autouse=True)
def in_the_catalog(catalog: None) -> None:
    with bound_to(CATALOG):
        Tenant.objects.all().delete()
        SealState.objects.all().delete()
        Alarm.objects.all().delete()
        Tenant.objects.create(
            slug="acme",
            name="Acme",
            schema_name="t_acme",
            state="active",
            server=Server.objects.get(name="primary"),
        )


def looked_at(database: str = "t_acme", at: datetime | None = None, **said: Any) -> None:
    now = at or timezone.now()
    with bound_to(CATALOG):
        SealState.objects.update_or_create(
            database=database, defaults={"looked_at": now, "opened_at": now, **said}
        )


def says() -> list[str]:
    with bound_to(CATALOG):
        return [trouble.says for trouble in troubles()]


def alarms() -> list[tuple[str, str, bool]]:
    with bound_to(CATALOG):
        watch()
        return [(alarm.kind, alarm.database, alarm.closed_at is None) for alarm in Alarm.objects.all()]


def test_all_is_well_where_everything_was_sealed_just_now() -> None:
    looked_at("catalog")
    looked_at()
    assert says() == []


def test_events_unsealed_for_more_than_a_minute_are_too_late() -> None:
    looked_at(oldest_unsealed_at=timezone.now() - timedelta(seconds=55))
    assert says() == []

    looked_at(oldest_unsealed_at=timezone.now() - LONG_AGO)
    assert says() == ["The activity log of Acme holds events not sealed in time."]


def test_a_sealer_that_is_silent_for_more_than_a_minute_is_noticed() -> None:
    at = timezone.now() - LONG_AGO
    looked_at(at=at)
    looked_at("catalog", at=at)
    assert says() == [f"The activity log hasn't been sealed since {at:%Y-%m-%d %H:%M} UTC."]


def test_a_sealer_that_never_ran_is_noticed_once_it_had_time_for_a_round(settings: Any) -> None:
    settings.AMANA_SEAL_LAG_SECONDS = 10**9  # this catalog was migrated less long ago
    assert says() == []
    assert alarms() == []

    settings.AMANA_SEAL_LAG_SECONDS = 0
    assert says() == ["The activity log has never been sealed: is the seal worker running?"]


def test_one_database_that_is_left_out_is_noticed() -> None:
    looked_at("catalog")
    looked_at(at=timezone.now() - LONG_AGO)
    assert says() == ["The activity log of Acme isn't reached by the sealer."]


def test_a_tenant_that_was_never_sealed_is_noticed_after_a_minute() -> None:
    looked_at("catalog")
    assert says() == []
    with bound_to(CATALOG):
        Tenant.objects.update(created_at=timezone.now() - LONG_AGO)
    assert says() == ["The activity log of Acme has never been sealed."]


def test_errors_and_strays_are_noticed() -> None:
    looked_at(error="The seals end at batch 1, the anchor file at 3.")
    looked_at("catalog", strays=2)
    assert says() == [
        "The activity log of Acme can't be sealed: The seals end at batch 1, the anchor file at 3.",
        "The platform's own activity log has events without a month.",
    ]


def test_an_alarm_is_opened_once_and_closed_when_it_is_over() -> None:
    looked_at("catalog", strays=2)
    looked_at()
    assert alarms() == [("strays", "catalog", True)]
    assert alarms() == [("strays", "catalog", True)]

    looked_at("catalog", strays=0)
    assert alarms() == [("strays", "catalog", False)]

    looked_at("catalog", strays=1)
    assert alarms() == [("strays", "catalog", False), ("strays", "catalog", True)]


@pytest.mark.parametrize("page", ["/", "/tenants/new/"])
def test_operators_see_it_on_every_page(oscar_client: Client, page: str) -> None:
    looked_at("catalog", strays=2)
    looked_at()
    response = oscar_client.get(page)
    assert "The platform&#x27;s own activity log has events without a month." in response.content.decode()
    assert 'aria-label="Alarms"' in response.content.decode()

    looked_at("catalog", strays=0)
    assert 'aria-label="Alarms"' not in oscar_client.get(page).content.decode()


def test_nobody_else_sees_it(operator_client: Client, alice_client: Client, settings: Any) -> None:
    settings.AMANA_SEAL_LAG_SECONDS = 0
    for client in (operator_client, alice_client):
        assert "never been sealed" not in client.get("/", follow=True).content.decode()
