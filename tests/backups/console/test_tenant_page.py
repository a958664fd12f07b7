from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from backups.console.days import Cell, Grid
from backups.models import Backup, Tier
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant, TenantState
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row, drill_row

DAY = timedelta(days=1)


@pytest.fixture
def initech(tenant: Named) -> Tenant:
    return tenant("initech")


def at(days_ago: int) -> datetime:
    """The first minute of a day."""
    return datetime.combine(timezone.now().date() - days_ago * DAY, time(0, 1), UTC)


def on_day(tenant: Tenant | None, days_ago: int, **values: Any) -> Backup:
    return copy_row(tenant, due=at(days_ago), **values)


def conditions(grid: Grid) -> dict[int, str]:
    """Of the daily copies, by how many days ago."""
    today = timezone.now().date()
    return {(today - cell.on).days: cell.condition for week in grid.weeks for cell in week if cell}


def test_each_day_says_what_became_of_it(oscar_client: Client, initech: Tenant) -> None:
    now = timezone.now()
    on_day(initech, 9)
    on_day(initech, 8, verified_at=now)
    on_day(initech, 7, verified_at=now, drilled_at=now)
    on_day(initech, 6, state="failed", snapshot_at=None)
    on_day(initech, 5, damage="a bit flipped")
    on_day(initech, 3, removed_at=now)
    on_day(initech, 2, state="running", snapshot_at=None)
    on_day(initech, 1, state="waiting", snapshot_at=None)

    grid = oscar_client.get(f"/backups/tenants/{initech.pk}/").context["grid"]

    told = conditions(grid)
    assert [told[day] for day in range(10, -1, -1)] == [
        "before",
        "stored",
        "verified",
        "drilled",
        "failed",
        "damaged",
        "missed",
        "removed",
        "running",
        "waiting",
        "due",
    ]
    assert len(told) == 30
    assert {len(week) for week in grid.weeks} == {7}


def test_a_day_with_a_copy_leads_to_it_in_words(oscar_client: Client, initech: Tenant) -> None:
    copy = on_day(initech, 1)

    page = oscar_client.get(f"/backups/tenants/{initech.pk}/").content.decode()

    cell = page[page.index(f'class="day stored" href="/backups/copies/{copy.pk}/"') :]
    assert ": Stored</span>" in cell[: cell.index("</a>")]


def test_weeks_are_named_by_their_monday_and_hold_weekly_copies_alone(
    oscar_client: Client, initech: Tenant
) -> None:
    on_day(initech, 7, tier=Tier.WEEKLY)
    on_day(initech, 14)

    grid = oscar_client.get(f"/backups/tenants/{initech.pk}/").context["grid"]

    assert len(grid.strip) == 13
    assert {cell.on.weekday() for cell in grid.strip} == {0}
    assert [cell.condition for cell in grid.strip[-3:]] == ["missed", "stored", "due"]


@pytest.mark.parametrize(("language", "name"), [("en", "5 Oct"), ("ar", "5 أكتوبر"), ("zh-hans", "10月5日")])
def test_a_week_is_named_as_its_language_names_days(language: str, name: str) -> None:
    with translation.override(language):
        assert Cell(date(2026, 10, 5), "stored").short == name


def test_of_two_copies_of_a_day_the_stored_one_counts(oscar_client: Client, initech: Tenant) -> None:
    on_day(initech, 1)
    copy_row(initech, due=at(1) + timedelta(hours=2), state="failed", snapshot_at=None)

    grid = oscar_client.get(f"/backups/tenants/{initech.pk}/").context["grid"]

    assert conditions(grid)[1] == "stored"


def test_a_much_smaller_copy_is_said_in_words(oscar_client: Client, initech: Tenant) -> None:
    for day in range(2, 6):
        on_day(initech, day, snapshot_at=at(day), plain_bytes=1000)
    on_day(initech, 1, snapshot_at=at(1), plain_bytes=590)

    page = oscar_client.get(f"/backups/tenants/{initech.pk}/").content.decode()

    assert "is 41% smaller than usual" in page
    assert "the median of the 4 copies of its kind before it is" in page


@pytest.mark.parametrize("size", [610, 1390])
def test_up_to_forty_per_cent_is_usual(oscar_client: Client, initech: Tenant, size: int) -> None:
    for day in range(2, 6):
        on_day(initech, day, snapshot_at=at(day), plain_bytes=1000)
    on_day(initech, 1, snapshot_at=at(1), plain_bytes=size)

    assert oscar_client.get(f"/backups/tenants/{initech.pk}/").context["oddity"] is None


def test_a_copy_is_taken_on_demand(oscar_client: Client, initech: Tenant) -> None:
    answer = oscar_client.post(f"/backups/tenants/{initech.pk}/take/")

    with bound_to(CATALOG):
        wish = Backup.objects.get(tenant=initech)
    assert (wish.tier, wish.state, wish.requested_by) == ("manual", "waiting", "operator:oscar@amana.example")
    assert (answer.status_code, answer["Location"]) == (302, f"/backups/copies/{wish.pk}/")


def test_the_catalog_is_copied_on_demand_too(oscar_client: Client) -> None:
    oscar_client.post("/backups/catalog/take/")

    with bound_to(CATALOG):
        assert Backup.objects.get(tenant=None, tier="manual").state == "waiting"


def test_without_a_database_nothing_is_wished_for(oscar_client: Client, initech: Tenant) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=initech.pk).update(state=TenantState.PROVISIONING)

    answer = oscar_client.post(f"/backups/tenants/{initech.pk}/take/")

    assert answer.status_code == 409
    with bound_to(CATALOG):
        assert not Backup.objects.filter(tenant=initech).exists()


def test_the_list_follows_along_while_a_copy_is_taken(oscar_client: Client, initech: Tenant) -> None:
    url = f"/backups/tenants/{initech.pk}/"
    running = on_day(initech, 0, state="running", snapshot_at=None)

    assert 'hx-trigger="every 3s"' in oscar_client.get(url).content.decode()
    part = oscar_client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Being taken" in part
    assert "<html" not in part

    with bound_to(CATALOG):
        Backup.objects.filter(pk=running.pk).update(state="done", snapshot_at=timezone.now())
    assert "hx-trigger" not in oscar_client.get(url, headers={"HX-Request": "true"}).content.decode()


def test_drills_stand_with_what_they_found(oscar_client: Client, initech: Tenant) -> None:
    copy = on_day(initech, 3)
    drill_row(copy, rto_seconds=90.0)
    drill_row(copy, DAY, state="failed", failed_step="content", rto_seconds=None)
    drill_row(copy, 2 * DAY, state="failed", failed_step="worker", rto_seconds=None)

    page = oscar_client.get(f"/backups/tenants/{initech.pk}/").content.decode()

    assert "restored in <bdi>1\N{NO-BREAK SPACE}min 30\N{NO-BREAK SPACE}secs</bdi>" in page
    assert "failed at <bdi>Compare every row</bdi>" in page
    assert "failed at <bdi>worker</bdi>" in page


def test_nobody_s_page_shows_another_s_copies(oscar_client: Client, tenant: Named) -> None:
    acme, globex = tenant("acme-2"), tenant("globex-2")
    copy = on_day(acme, 1)

    assert str(copy.pk) not in oscar_client.get(f"/backups/tenants/{globex.pk}/").content.decode()


def figures(client: Client, tenant: Tenant) -> dict[str, tuple[str, str]]:
    """What each says, and how it is judged in words."""
    shown = client.get(f"/backups/tenants/{tenant.pk}/").context["figures"]
    return {str(each.label): (each.number, str(each.says)) for each in shown}


def test_how_far_back_one_can_go_is_said(oscar_client: Client, initech: Tenant) -> None:
    assert figures(oscar_client, initech)["Oldest restorable point"] == ("–", "")
    copy_row(initech)
    copy_row(initech, 5 * DAY)
    copy_row(initech, 6 * DAY, damage="a bit flipped")

    assert figures(oscar_client, initech)["Oldest restorable point"] == ("5 days ago", "")


def test_figures_judge_the_newest_good_copy_and_the_last_drill(oscar_client: Client, initech: Tenant) -> None:
    assert figures(oscar_client, initech) == {
        "Newest copy": ("–", "No good copy"),
        "Last drill": ("–", "Not yet"),
        "Time to restore": ("–", "No drill has passed yet"),
        "Oldest restorable point": ("–", ""),
    }
    copy = copy_row(initech, timedelta(hours=5))
    drill_row(copy, 2 * DAY, rto_seconds=90.0)
    told = figures(oscar_client, initech)
    assert told["Newest copy"] == ("5 hours ago", "In time")
    assert told["Last drill"] == ("2 days ago", "Passed")
    assert told["Time to restore"][1] == "Within the target"

    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(snapshot_at=timezone.now() - 2 * DAY)
    drill_row(copy, DAY, state="failed", failed_step="content", rto_seconds=100_000.0)
    told = figures(oscar_client, initech)
    assert told["Newest copy"] == ("2 days ago", "Too old")
    assert told["Last drill"] == ("1 day ago", "Failed")
    assert told["Time to restore"][1] == "Slower than promised"


def test_a_drill_of_long_ago_is_overdue(oscar_client: Client, initech: Tenant) -> None:
    drill_row(copy_row(initech), 31 * DAY)

    assert figures(oscar_client, initech)["Last drill"][1] == "Overdue"


@pytest.mark.parametrize(("longest", "unit"), [(90, "seconds"), (300, "minutes")])
def test_how_long_copies_took_is_charted_in_a_unit_that_is_easily_read(
    oscar_client: Client, initech: Tenant, longest: int, unit: str
) -> None:
    for days_ago, seconds in ((3, longest), (2, 60), (1, None)):
        began = at(days_ago)
        taken = began if seconds is None else began + timedelta(seconds=seconds)
        on_day(initech, days_ago, snapshot_at=began, finished_at=taken, started_at=seconds and began)

    chart = oscar_client.get(f"/backups/tenants/{initech.pk}/").context["pace_chart"]

    counted = {"seconds": [90, 60], "minutes": [5, 1]}[unit]
    assert [point.value for point in chart.points] == counted
    assert chart.description == f"What each took, in {unit}."
    assert chart.points[1].words == "1\N{NO-BREAK SPACE}min"
