"""Recovery codes go on paper: with whose they are, where and since when, and nothing else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenants.models import Tenant
from tests.browser.people import enter, person_at
from tests.browser.site import Site


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    return tenant


def codes_shown(page: Page, site: Site, tenant: Tenant) -> None:
    enter(page, site, tenant.primary_host, "sam@example.com")
    page.goto(site.at(tenant.primary_host, "/recovery-codes/"))
    page.locator("main form[method=post] [type=submit]").first.click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)


def goes_on_paper(page: Page, tenant: Tenant) -> None:
    page.emulate_media(media="print")
    for told in ("sam@example.com", tenant.primary_host):
        expect(page.locator("main").get_by_text(told)).to_be_visible()
    expect(page.locator("main time")).to_be_visible()
    expect(page.locator(".recovery-codes code").nth(9)).to_be_visible()
    for screen_only in ("button", "form", ".by-menu", ".door-foot"):
        assert not [each for each in page.locator(screen_only).all() if each.is_visible()], screen_only


def test_the_button_prints_the_codes_alone(visitor: Callable[[], Page], site: Site, acme: Tenant) -> None:
    page = visitor()
    page.add_init_script("print = () => { document.documentElement.dataset.printed = 'yes' }")
    codes_shown(page, site, acme)
    expect(page.get_by_role("button", name="Save as a file")).to_be_visible()
    expect(page.get_by_text("use your browser's menu")).to_be_hidden()

    page.get_by_role("button", name="Print").click()

    expect(page.locator("html")).to_have_attribute("data-printed", "yes")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    goes_on_paper(page, acme)


@pytest.mark.slow
def test_without_script_the_browsers_menu_does(without_script: Page, site: Site, acme: Tenant) -> None:
    codes_shown(without_script, site, acme)
    expect(without_script.get_by_role("button", name="Print")).to_be_hidden()
    expect(without_script.get_by_text("use your browser's menu")).to_be_visible()
    goes_on_paper(without_script, acme)
