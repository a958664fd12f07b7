"""A session that ends while somebody types: what was typed is there, and is saved after the next sign-in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive, enter, identify, person_at
from tests.browser.site import Site


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    return tenant


@pytest.fixture
def page(site: Site, visitor: Arrive, acme: Tenant) -> Page:
    """Sam has typed, and the session has ended."""
    page = visitor()
    enter(page, site, acme.primary_host, "sam@example.com")
    page.goto(site.at(acme.primary_host, "/contacts/new/"))
    page.get_by_label("Name", exact=True).fill("Zanzibar Spice Ltd")
    page.get_by_label("City").fill("Leeds")
    with bound_to(acme):
        User.objects.get(email="sam@example.com").sessions.all().delete()
    return page


def sign_in_beside(page: Page, acme: Tenant) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in").click()
    beside = opened.value
    identify(beside, acme.primary_host, "sam@example.com")
    beside.close()


def test_saving_loses_nothing_and_goes_on_after_signing_in(page: Page, acme: Tenant) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You were signed out, and nothing was saved")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")
    with bound_to(acme):
        assert not Contact.objects.exists()

    sign_in_beside(page, acme)
    page.get_by_role("button", name="I am signed in: go on").click()
    expect(page.get_by_label("City")).to_have_value("Leeds")
    page.get_by_role("button", name="Send it again").click()

    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()
    with bound_to(acme):
        assert [*Contact.objects.values_list("name", "city")] == [("Zanzibar Spice Ltd", "Leeds")]


def test_the_palette_says_so_and_leaves_the_form_alone(page: Page, acme: Tenant) -> None:
    page.keyboard.press("Control+k")
    told = page.locator("#palette").get_by_role("alert")
    expect(told).to_contain_text("You are signed out")

    sign_in_beside(page, acme)
    page.get_by_role("button", name="Close").last.click()
    page.keyboard.press("Escape")

    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")
