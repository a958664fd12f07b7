from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from backups.models import Backup, Policy, Tier
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row
from tests.support import fleet
from tests.support.post import posted

DAY = timedelta(days=1)
URL = "/backups/policy/daily/"


@pytest.fixture
def initech(tenant: Named) -> Tenant:
    return tenant("initech")


@pytest.fixture(autouse=True)
def daily(catalog: None) -> Policy:
    values = {"keep_days": 30, "window_opens": "01:00", "window_minutes": 240}
    values |= {"shorter_days": None, "shorter_from": None}
    with bound_to(CATALOG):
        forget_copies()
        return Policy.objects.update_or_create(tier="daily", defaults=values)[0]


def typed(**changed: str) -> dict[str, str]:
    seen = {"keep_days": "30", "window_opens": "01:00", "window_minutes": "240", "seen": "30 01:00 240"}
    return {**seen, **changed}


def kept_for(days: int) -> None:
    with bound_to(CATALOG):
        Policy.objects.filter(tier="daily").update(keep_days=days)


def test_kinds_stand_in_the_same_order_however_long_each_is_kept(oscar_client: Client, daily: Policy) -> None:
    kept_for(400)
    tiers = [policy.tier for policy in oscar_client.get("/backups/policy/").context["policies"]]
    assert tiers == [tier for tier in Tier.values if tier in tiers]
    assert tiers[0] == "daily"


def saved() -> Policy:
    with bound_to(CATALOG):
        return Policy.objects.get(tier="daily")


def test_the_effect_is_said_before_anything_is_changed(oscar_client: Client, initech: Tenant) -> None:
    kept_for(60)
    for days in (1, 22, 24, 30, 45, 54):  # the last ends before that day as it is
        copy_row(initech, days * DAY)
    copy_row(initech, 46 * DAY, hold_until=timezone.now() + DAY)

    answer = oscar_client.post(URL, typed(keep_days="30", seen="60 01:00 240"))

    effect = answer.context["effect"]
    assert (effect.ending, effect.bytes, effect.tenants) == (3, 750, 1)
    page = answer.content.decode()
    assert "Copies of this kind are kept 30 days instead of 60 from " in page
    assert "3 copies of today" in page
    assert (saved().keep_days, saved().shorter_days) == (60, None)


def test_the_last_good_copy_is_not_counted_among_those_that_end(
    oscar_client: Client, initech: Tenant
) -> None:
    kept_for(60)
    copy_row(initech, 40 * DAY)

    seen = {"seen": "60 01:00 240"}
    assert oscar_client.post(URL, typed(keep_days="30", **seen)).context["effect"].ending == 0


def test_nobody_shortens_it_below_what_is_promised(oscar_client: Client, initech: Tenant) -> None:
    """An operator with this one permission would else remove nearly everything with a click."""
    copy = copy_row(initech, 5 * DAY)
    answer = oscar_client.post(URL, typed(keep_days="1", agreed="1"))

    assert answer.status_code == 422
    assert "Copies of this kind are kept for 30 days at least." in answer.content.decode()
    assert (saved().keep_days, saved().shorter_days) == (30, None)
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=copy.pk).expires_at == copy.expires_at


def test_shortened_it_counts_in_a_week_and_is_taken_back_until_then(
    oscar_client: Client, initech: Tenant
) -> None:
    kept_for(60)
    copy = copy_row(initech, 40 * DAY, expires_at=timezone.now() + 20 * DAY)
    before = timezone.now()

    oscar_client.post(URL, typed(keep_days="30", seen="60 01:00 240", agreed="1"))

    policy = saved()
    assert (policy.keep_days, policy.shorter_days) == (60, 30)
    assert policy.shorter_from is not None
    assert copy.snapshot_at is not None
    assert before + 7 * DAY <= policy.shorter_from <= timezone.now() + 7 * DAY
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=copy.pk).expires_at == copy.snapshot_at + 60 * DAY
    for page in ("/backups/policy/", URL, "/backups/"):
        assert "Daily: kept 30 days instead of 60, from " in oscar_client.get(page).content.decode()

    assert oscar_client.post(f"{URL}take-back/").status_code == 302
    assert (saved().keep_days, saved().shorter_days, saved().shorter_from) == (60, None, None)
    again = oscar_client.post(f"{URL}take-back/")
    assert (again.status_code, "was taken back, or is in force" in again.content.decode()) == (409, True)


def test_everybody_else_who_sees_copies_is_written_to_about_a_shortening(
    oscar_client: Client, oscar: User
) -> None:
    """And nobody about the window, about longer, or about the same shortening again."""
    kept_for(60)
    with bound_to(CATALOG):
        for name, code in (("Priya", "platform.backup:view"), ("Nadia", "platform.tenant:view")):
            person = fleet.add_user(f"{name.lower()}@amana.example", name, "operator")
            person.assignments.all().delete()
            fleet.give(person, code)
    with posted(CATALOG) as letters:
        oscar_client.post(URL, typed(keep_days="30", seen="60 01:00 240", agreed="1"))
    day = saved().shorter_from
    assert day is not None
    [letter] = letters
    subject = f"Daily copies will be kept 30 days instead of 60, from {day:%Y-%m-%d} on"
    assert (letter.to, letter.subject) == (["priya@amana.example"], subject)
    assert f"{oscar.name} has shortened how long copies of all customers are kept." in letter.body
    assert f"http://{settings.AMANA_OPERATOR_HOST}" in letter.body
    assert "/backups/policy/" in letter.body

    with posted(CATALOG) as letters:
        again = typed(keep_days="30", window_opens="02:00", seen="60 01:00 240 30", agreed="1")
        oscar_client.post(URL, again)
        oscar_client.post(
            URL, typed(keep_days="70", window_opens="02:00", seen="60 02:00 240 30", agreed="1")
        )
    assert (letters, saved().keep_days) == ([], 70)


def test_in_force_it_is_shown_so_before_the_next_round_writes_it_down(
    oscar_client: Client, daily: Policy
) -> None:
    with bound_to(CATALOG):
        Policy.objects.filter(pk=daily.pk).update(
            keep_days=60, shorter_days=30, shorter_from=timezone.now() - DAY
        )
    page = oscar_client.get("/backups/policy/").content.decode()
    assert "<bdi>30 days</bdi>" in page
    assert "Daily: kept " not in page
    assert "Daily: kept " not in oscar_client.get("/backups/").content.decode()
    assert 'value="30"' in oscar_client.get(URL).content.decode()

    oscar_client.post(URL, typed(keep_days="45", seen="30 01:00 240", agreed="1"))
    assert (saved().keep_days, saved().shorter_days, saved().shorter_from) == (45, None, None)


def test_another_window_leaves_what_comes_as_it_is_and_longer_ends_it(oscar_client: Client) -> None:
    kept_for(60)
    oscar_client.post(URL, typed(keep_days="30", seen="60 01:00 240", agreed="1"))
    day = saved().shorter_from

    oscar_client.post(URL, typed(keep_days="60", window_opens="02:00", seen="60 01:00 240 30", agreed="1"))
    assert (saved().shorter_days, saved().shorter_from, saved().keep_days) == (30, day, 60)

    oscar_client.post(URL, typed(keep_days="61", window_opens="02:00", seen="60 02:00 240 30", agreed="1"))
    assert (saved().shorter_days, saved().shorter_from, saved().keep_days) == (None, None, 61)


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
