"""What issue and brochure promise, as two people at two customers see it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive as Arrive
from tests.browser.people import person_at as person_at
from tests.browser.people import sign_in as sign_in
from tests.browser.site import Site


def test_two_customers_never_see_each_other_s_contacts(
    site: Site, visitor: Arrive, new_tenant: Callable[..., Tenant]
) -> None:
    acme, globex = new_tenant(name="Acme"), new_tenant(name="Globex")
    alice, mallory = visitor(), visitor()
    for page, tenant in ((alice, acme), (mallory, globex)):
        person_at(tenant, "sam@example.com")
        sign_in(page, site, tenant, "sam@example.com")

    alice.get_by_role("link", name="New contact").first.click()
    alice.get_by_label("Name", exact=True).fill("Zanzibar Spice Ltd")
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()

    mallory.goto(alice.url.replace(acme.primary_host, globex.primary_host))
    assert mallory.title().startswith("Not found")
    mallory.goto(site.at(globex.primary_host, "/contacts/?q=zanzibar"))
    assert "Zanzibar Spice" not in mallory.content()


@pytest.mark.slow
def test_cookies_carried_to_the_other_customer_open_nothing(
    site: Site, visitor: Arrive, new_tenant: Callable[..., Tenant]
) -> None:
    acme, globex = new_tenant(name="Acme"), new_tenant(name="Globex")
    person_at(acme, "sam@example.com")
    person_at(globex, "sam@example.com")
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    carried = page.context.cookies()
    assert {cookie["name"] for cookie in carried} == {"amana", "amana_browser"}

    there = site.at(globex.primary_host)
    page.context.add_cookies(
        [{"name": cookie["name"], "value": cookie["value"], "url": there} for cookie in carried]
    )
    page.goto(site.at(globex.primary_host, "/contacts/"))

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_suspended_customer_sees_a_plain_page_and_loses_nothing(
    site: Site, visitor: Arrive, new_tenant: Callable[..., Tenant]
) -> None:
    acme = new_tenant(name="Acme")
    person_at(acme, "sam@example.com")
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    with bound_to(CATALOG):
        acme.suspend("operator:oscar", "unpaid")
    page.goto(site.at(acme.primary_host, "/contacts/"))
    expect(page.get_by_role("heading")).to_have_text("This site is suspended")
    with bound_to(CATALOG):
        acme.resume("operator:oscar")
    page.goto(site.at(acme.primary_host, "/contacts/"))
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
