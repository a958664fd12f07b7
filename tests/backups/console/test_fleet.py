from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from backups.console.catalog import catalog_row
from backups.console.standing import judged, rows_of, together, whole_age
from backups.models import Backup, RecoveryKey
from interface import words
from tenants.binding import CATALOG, bound_to
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row, drill_row

pytestmark = pytest.mark.usefixtures("nobody_else")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def standings(client: Client, query: str = "") -> list[tuple[str, str]]:
    rows = client.get(f"/backups/{query}").context["rows"]
    return [(row.tenant.slug, row.standing) for row in rows]


def figures(client: Client) -> dict[str, tuple[str, str]]:
    """What each says, and how it is judged in words."""
    shown = client.get("/backups/").context["figures"]
    return {str(each.label): (each.number, str(each.says)) for each in shown}


def one_of_each(tenant: Named) -> None:
    proven = copy_row(tenant("well"))
    drill_row(proven)
    copy_row(tenant("undrilled"))
    drill_row(copy_row(tenant("disproven")), state="failed", failed_step="rows")
    failing = tenant("failing")
    drill_row(copy_row(failing, 2 * HOUR))
    copy_row(failing, HOUR, state="failed", snapshot_at=None)
    damaged = tenant("damaged")
    drill_row(copy_row(damaged))
    copy_row(damaged, DAY, damage="a bit flipped")
    copy_row(tenant("old"), 27 * HOUR)
    tenant("none")


def test_an_age_has_no_parts_that_tell_nothing() -> None:
    now = timezone.now()
    spans = [timedelta(seconds=47.6), timedelta(seconds=132), timedelta(hours=3, seconds=70)]
    assert [whole_age(now - each) for each in spans] == [
        timedelta(seconds=47),
        timedelta(minutes=2),
        timedelta(hours=3, minutes=1),
    ]


def test_the_catalog_is_no_tenant(oscar_client: Client, tenant: Named) -> None:
    copy_row(tenant("acme-two"))
    shown = oscar_client.get("/backups/").content.decode()
    tenants, catalog = shown.split('class="catalog-head"')
    assert '<th scope="col">Tenant</th>' in tenants
    assert '<th scope="col">Database</th>' in catalog
    assert '<th scope="col">Tenant</th>' not in catalog


def test_targets_of_the_strip_are_in_hours(oscar_client: Client) -> None:
    shown = {str(each.label): each.target for each in oscar_client.get("/backups/").context["figures"]}
    assert shown["Worst age"] == "Target: 26 hours at most"
    assert shown["Time to restore"] == "Target: 4 hours at most"


def test_a_stopped_drill_counts_neither_as_passed_nor_as_failed(oscar_client: Client, tenant: Named) -> None:
    proven, never = copy_row(tenant("proven")), copy_row(tenant("never"))
    drill_row(proven, DAY)
    for each in (proven, never):
        drill_row(each, HOUR, state="failed")
    assert standings(oscar_client) == [("never", "undrilled"), ("proven", "well")]
    rows = {row.tenant.slug: row for row in oscar_client.get("/backups/").context["rows"]}
    assert rows["never"].drill is None
    assert not rows["proven"].has_failed_drill
    shown = oscar_client.get(f"/backups/tenants/{never.tenant_id}/").content.decode()
    assert ("Stopped" in shown, "Failed" in shown) == (True, False)


def test_nor_one_of_the_catalog() -> None:
    copy = copy_row(None)
    drill_row(copy, DAY)
    drill_row(copy, HOUR, state="failed")
    with bound_to(CATALOG):
        assert catalog_row().standing == "well"


def test_the_worst_stands_first(oscar_client: Client, tenant: Named) -> None:
    one_of_each(tenant)

    worst_first = ["none", "old", "damaged", "failing", "disproven", "undrilled", "well"]
    assert standings(oscar_client) == [(each, each) for each in worst_first]


def test_a_copy_that_is_damaged_or_removed_protects_nobody(oscar_client: Client, tenant: Named) -> None:
    copy_row(tenant("bent"), damage="a bit flipped")
    removed = copy_row(tenant("gone"))
    with bound_to(CATALOG):
        Backup.objects.filter(pk=removed.pk).update(removed_at=removed.due)

    assert dict(standings(oscar_client)) == {"bent": "none", "gone": "none"}
    assert figures(oscar_client)["Protected now"] == ("0 of 2", "2 aren't")


def test_figures_say_how_far_the_targets_are_met(oscar_client: Client, tenant: Named) -> None:
    drill_row(copy_row(tenant("one")), rto_seconds=120.0)
    copy_row(tenant("two"), 50 * HOUR)

    seen = figures(oscar_client)

    assert seen["Protected now"] == ("1 of 2", "1 isn't")
    assert seen["Worst age"] == ("2\N{NO-BREAK SPACE}days 2\N{NO-BREAK SPACE}hrs", "Too old")
    assert seen["Drilled in 30 days"] == ("50%", "Not every tenant")
    assert seen["Time to restore"] == ("2\N{NO-BREAK SPACE}mins", "Within the target")
    assert seen["Storage used"][0] == "500\N{NO-BREAK SPACE}bytes"


def test_all_well_is_said_too(oscar_client: Client, tenant: Named) -> None:
    drill_row(copy_row(tenant("one")), rto_seconds=120.0)

    seen = figures(oscar_client)

    assert seen["Protected now"] == ("1 of 1", "All of them")
    assert seen["Drilled in 30 days"] == ("100%", "Every tenant")


def test_the_median_and_the_slow_ones_are_told_apart(oscar_client: Client, tenant: Named) -> None:
    copy = copy_row(tenant("one"))
    for seconds in (60.0, 120.0, 180.0):
        drill_row(copy, rto_seconds=seconds)

    shown = {str(each.label): each for each in oscar_client.get("/backups/").context["figures"]}

    time = shown["Time to restore"]
    assert time.number == "2\N{NO-BREAK SPACE}mins"
    assert time.lines == (
        "Median of 90 days",
        "95% within 2\N{NO-BREAK SPACE}mins 54\N{NO-BREAK SPACE}secs",
    )


def test_a_drill_slower_than_promised_is_said(oscar_client: Client, tenant: Named) -> None:
    drill_row(copy_row(tenant("one")), rto_seconds=settings.AMANA_RTO_SECONDS + 1)

    assert figures(oscar_client)["Time to restore"][1] == "Slower than promised"


def test_who_has_no_recovery_key_is_counted(oscar_client: Client, tenant: Named) -> None:
    keyed = tenant("keyed")
    tenant("keyless")
    with bound_to(CATALOG):
        RecoveryKey.objects.create(tenant=keyed, recipient="age1x", wrapped=b"x")

    assert figures(oscar_client)["Recovery keys"] == ("1 of 2", "Some have none")


def test_one_offline_key_is_not_enough(oscar_client: Client, settings: Settings) -> None:
    settings.AMANA_RECOVERY_RECIPIENTS = "age1onlyone"

    assert figures(oscar_client)["Recovery keys"][1] == "Not set up"


def oldest(client: Client) -> tuple[str, str, str, tuple[str, ...]]:
    shown = client.get("/backups/").context["figures"]
    [figure] = [each for each in shown if each.label == "Oldest restorable point"]
    return figure.number, str(figure.says), str(figure.target), figure.lines


def test_how_far_anybody_and_everybody_can_go_back_is_said(oscar_client: Client, tenant: Named) -> None:
    assert oldest(oscar_client)[:2] == ("–", "No good copy")
    long, short = tenant("long"), tenant("short")
    for days in (1, 40):
        copy_row(long, days * DAY)
    copy_row(long, 80 * DAY, damage="a bit flipped")
    copy_row(long, 81 * DAY, removed_at=timezone.now())
    assert oldest(oscar_client) == (
        words.ago(timezone.now() - 40 * DAY),
        "",
        "Kept by the policy: 90 days",
        ("Not everybody has one",),
    )

    copy_row(short, 3 * DAY)
    assert oldest(oscar_client)[3] == (f"Everybody back to {words.day(timezone.now() - 3 * DAY)}",)


REMOTE = [
    ("file:///srv/copies", True),
    ("s3://copies.example/amana", False),
    ("s3://copies/amana?endpoint=https://storage.example:9000", False),
]


def lag(client: Client) -> tuple[str, str, str, tuple[str, ...]]:
    """The number, what it says, of whom, and what stands below."""
    [figure] = [each for each in client.get("/backups/").context["figures"] if each.label == "Off-site lag"]
    return figure.number, str(figure.says), figure.who[1] if figure.who else "", figure.lines


@pytest.mark.parametrize(("store", "is_remote"), REMOTE)
def test_the_lag_is_that_of_who_is_farthest_behind(
    oscar_client: Client, tenant: Named, settings: Settings, store: str, is_remote: bool
) -> None:
    settings.AMANA_BACKUP_STORE, settings.AMANA_BACKUP_STORE_IS_REMOTE = store, is_remote
    copy_row(None)
    copy_row(tenant("one"))
    copy_row(tenant("two"), 3 * HOUR + timedelta(minutes=5))
    assert lag(oscar_client) == (
        "3\N{NO-BREAK SPACE}hrs 5\N{NO-BREAK SPACE}mins",
        "Off this machine",
        "Two",
        (),
    )

    copy_row(tenant("three"), 50 * HOUR)
    assert lag(oscar_client) == (
        "2\N{NO-BREAK SPACE}days 2\N{NO-BREAK SPACE}hrs",
        "Too old",
        "Three",
        ("1000\N{NO-BREAK SPACE}bytes of data is behind",),
    )

    tenant("four")
    assert lag(oscar_client)[:3] == ("–", "Never copied", "Four")


@pytest.mark.parametrize(("store", "is_remote"), REMOTE)
def test_the_catalog_may_be_farthest_behind(
    oscar_client: Client, tenant: Named, settings: Settings, store: str, is_remote: bool
) -> None:
    settings.AMANA_BACKUP_STORE, settings.AMANA_BACKUP_STORE_IS_REMOTE = store, is_remote
    copy_row(tenant("one"))
    assert lag(oscar_client)[:3] == ("–", "Never copied", "The platform's catalog")
    copy_row(None, 30 * HOUR)
    assert lag(oscar_client)[1:3] == ("Too old", "The platform's catalog")


@pytest.mark.parametrize("store", ["file:///srv/copies", "s3://copies/amana?endpoint=http://127.0.0.1:8333"])
def test_what_lies_on_this_machine_is_never_called_away(
    oscar_client: Client, tenant: Named, settings: Settings, store: str
) -> None:
    settings.AMANA_BACKUP_STORE = store
    copy_row(tenant("one"))

    assert lag(oscar_client) == ("–", "On this machine", "", ())


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("?state=old", ["old"]),
        ("?state=well&state-op=not", ["none", "old", "damaged", "failing", "disproven", "undrilled"]),
        ("?state=asleep&q=drill", ["undrilled"]),
        ("?q=DRILL", ["undrilled"]),
        ("?q=zzzz", []),
    ],
)
def test_it_is_narrowed(oscar_client: Client, tenant: Named, query: str, slugs: list[str]) -> None:
    one_of_each(tenant)

    assert [slug for slug, _standing in standings(oscar_client, query)] == slugs


def test_the_catalog_has_a_row_of_its_own(oscar_client: Client) -> None:
    drill_row(copy_row(None))

    answer = oscar_client.get("/backups/")

    assert answer.context["catalog"].standing == "well"
    assert 'href="/backups/catalog/"' in answer.content.decode()


def queries() -> int:
    with bound_to(CATALOG), CaptureQueriesContext(connections["catalog"]) as seen:
        together()
        assert rows_of([*judged()[:50]])
    return len(seen)


def test_fifty_tenants_cost_no_more_queries_than_one(tenant: Named) -> None:
    drill_row(copy_row(tenant("first")))
    few = queries()
    for number in range(49):
        drill_row(copy_row(tenant(f"tenant-{number}")))

    assert queries() == few


def test_who_may_only_look_is_offered_nothing_else(viewer_client: Client, tenant: Named) -> None:
    acme = tenant("acme")
    copy_row(acme)

    page = viewer_client.get(f"/backups/tenants/{acme.pk}/").content.decode()

    assert "Take a copy now" not in page
    assert "Open tenant" not in page
    assert "Start a drill" not in page
    assert "Restore the newest copy" not in page
