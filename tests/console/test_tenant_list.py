from datetime import UTC, datetime

import pytest
from django.test import Client

from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant, TenantState
from tests.console.conftest import TenantRow

pytestmark = pytest.mark.usefixtures("no_other_tenants")


@pytest.fixture
def no_other_tenants(catalog: None) -> None:
    with bound_to(CATALOG):
        Tenant.objects.all().delete()


def slugs(client: Client, query: str = "") -> list[str]:
    return [tenant.slug for tenant in client.get(f"/{query}").context["page"]]


def test_it_shows_each_tenant_with_its_facts(oscar_client: Client, tenant_row: TenantRow) -> None:
    seen = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    tenant_row("initech", name="Initech Ltd", size_bytes=12_582_912, last_sign_in_at=seen)

    response = oscar_client.get("/")

    assert response.status_code == 200
    page = response.content.decode()
    for fact in ("Initech Ltd", "initech", "Active", "12.0\N{NO-BREAK SPACE}MB", "21 Nov 2026, 14:05"):
        assert fact in page


def test_it_links_to_the_tenant_and_to_its_site(oscar_client: Client, initech: Tenant) -> None:
    page = oscar_client.get("/").content.decode()

    assert f'href="/tenants/{initech.pk}/"' in page
    assert f'href="{initech.site_url}"' in page


def test_without_a_state_it_shows_all_but_the_closed(oscar_client: Client, tenant_row: TenantRow) -> None:
    for state in TenantState:
        tenant_row(f"is-{state.value}", state=state)

    shown = slugs(oscar_client)

    assert shown == ["is-active", "is-closing", "is-leaving", "is-provisioning", "is-suspended"]


@pytest.mark.parametrize("state", TenantState.values)
def test_a_state_narrows_it(oscar_client: Client, tenant_row: TenantRow, state: str) -> None:
    for each in TenantState:
        tenant_row(f"is-{each.value}", state=each)

    assert slugs(oscar_client, f"?state={state}") == [f"is-{state}"]


def test_a_state_that_there_is_not_is_left_out(oscar_client: Client, initech: Tenant) -> None:
    assert slugs(oscar_client, "?state=asleep") == ["initech"]


@pytest.mark.parametrize(("typed", "found"), [("NAKH", ["nakheel"]), ("ltd", ["initech"]), ("zzz", [])])
def test_it_searches_in_name_and_short_name(
    oscar_client: Client, tenant_row: TenantRow, typed: str, found: list[str]
) -> None:
    tenant_row("initech", name="Initech Ltd")
    tenant_row("nakheel", name="نخيل")

    assert slugs(oscar_client, f"?q={typed}") == found


def test_it_counts_each_state_whatever_is_searched(oscar_client: Client, tenant_row: TenantRow) -> None:
    tenant_row("one", size_bytes=1000)
    tenant_row("two", size_bytes=24)
    tenant_row("three", state=TenantState.SUSPENDED)
    tenant_row("four", state=TenantState.CLOSED, size_bytes=5_000_000)

    overview = oscar_client.get("/?q=zzz").context["overview"]

    counts = {tab.label: tab.count for tab in overview.tabs}
    assert counts == {
        "All": 3,
        "Active": 2,
        "Suspended": 1,
        "Leaving": 0,
        "Being set up": 0,
        "Being closed": 0,
        "Closed": 1,
    }
    assert overview.size_bytes == 1024


def test_fifty_stand_on_a_page_and_the_filter_goes_along(oscar_client: Client, tenant_row: TenantRow) -> None:
    for number in range(51):
        tenant_row(f"tenant-{number:02}")

    first = oscar_client.get("/?state=active")

    assert len(first.context["page"]) == 50
    assert 'href="?state=active&amp;page=2"' in first.content.decode()
    assert slugs(oscar_client, "?state=active&page=2") == ["tenant-50"]


def test_with_no_tenant_at_all_it_says_what_to_do(oscar_client: Client) -> None:
    page = oscar_client.get("/").content.decode()

    assert "No tenants yet" in page
    assert 'href="/tenants/new/"' in page


def test_with_no_match_it_offers_to_clear_the_search(oscar_client: Client, initech: Tenant) -> None:
    page = oscar_client.get("/?q=zzz").content.decode()

    assert "No tenant matches" in page
    assert 'href="/"' in page
    assert initech.name not in page


def test_a_setting_up_that_failed_stands_out(oscar_client: Client, provisioning: Operation) -> None:
    with bound_to(CATALOG):
        Operation.objects.update(state=Operation.State.FAILED)

    assert '<span class="pill failed">Failed</span>' in oscar_client.get("/").content.decode()


def test_what_failed_before_it_was_closed_does_not(oscar_client: Client, provisioning: Operation) -> None:
    with bound_to(CATALOG):
        Operation.objects.update(state=Operation.State.FAILED)
        Tenant.objects.update(state=TenantState.CLOSED)

    assert "pill failed" not in oscar_client.get("/?state=closed").content.decode()
