from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backups.models import Backup, Policy
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row

DAY = timedelta(days=1)
URL = "/backups/policy/daily/"


@pytest.fixture
def initech(tenant: Named) -> Tenant:
    return tenant("initech")


@pytest.fixture(autouse=True)
def daily(catalog: None) -> Policy:
    values = {"keep_days": 30, "window_opens": "01:00", "window_minutes": 240}
    with bound_to(CATALOG):
        forget_copies()
        return Policy.objects.update_or_create(tier="daily", defaults=values)[0]


def typed(**changed: str) -> dict[str, str]:
    seen = {"keep_days": "30", "window_opens": "01:00", "window_minutes": "240", "seen": "30 01:00 240"}
    return {**seen, **changed}


def saved() -> Policy:
    with bound_to(CATALOG):
        return Policy.objects.get(tier="daily")


def test_the_effect_is_said_before_anything_is_changed(oscar_client: Client, initech: Tenant) -> None:
    for days in (1, 8, 20, 25):
        copy_row(initech, days * DAY)
    copy_row(initech, 26 * DAY, hold_until=timezone.now() + DAY)

    answer = oscar_client.post(URL, typed(keep_days="7"))

    effect = answer.context["effect"]
    assert (effect.ending, effect.bytes, effect.tenants, effect.below) == (3, 750, 1, 30)
    page = answer.content.decode()
    assert "would end tonight" in page
    assert "We publish that these copies are kept 30 days" in page
    assert saved().keep_days == 30


def test_the_last_good_copy_is_not_counted_among_those_that_end(
    oscar_client: Client, initech: Tenant
) -> None:
    copy_row(initech, 20 * DAY)

    assert oscar_client.post(URL, typed(keep_days="7")).context["effect"].ending == 0


def test_agreed_to_it_holds_for_copies_that_are_there_too(oscar_client: Client, initech: Tenant) -> None:
    copy = copy_row(initech, 5 * DAY)
    assert copy.snapshot_at is not None

    answer = oscar_client.post(URL, typed(keep_days="45", window_opens="02:30", agreed="1"))

    assert answer.status_code == 302
    assert (saved().keep_days, f"{saved().window_opens:%H:%M}") == (45, "02:30")
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=copy.pk).expires_at == copy.snapshot_at + 45 * DAY


def test_two_at_once_do_not_overwrite_each_other(oscar_client: Client, daily: Policy) -> None:
    with bound_to(CATALOG):
        Policy.objects.filter(pk=daily.pk).update(keep_days=60)

    answer = oscar_client.post(URL, typed(keep_days="45", agreed="1"))

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The policy was changed while you were editing it." in page
    assert 'value="45"' in page
    assert saved().keep_days == 60


@pytest.mark.parametrize(
    "wrong", [{"keep_days": "0"}, {"keep_days": "9999"}, {"window_opens": "25:00"}, {"window_minutes": "5"}]
)
def test_what_makes_no_sense_is_refused_and_kept_on_the_page(
    oscar_client: Client, wrong: dict[str, str]
) -> None:
    answer = oscar_client.post(URL, typed(**wrong, agreed="1"))

    assert answer.status_code == 422
    assert f'value="{next(iter(wrong.values()))}"' in answer.content.decode()
    assert saved().keep_days == 30


def test_copies_on_demand_have_no_window_to_set(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        Policy.objects.get_or_create(tier="manual", defaults={"keep_days": 30})

    assert "window_opens" not in oscar_client.get("/backups/policy/manual/").content.decode()
    assert oscar_client.get("/backups/policy/hourly/").status_code == 404
