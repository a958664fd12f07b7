"""The lock over a page: it hides all, in every tab, and gives the page back as it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Session
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive, enter, person_at
from tests.browser.site import Site
from tests.support.fleet import PASSWORD

SECRET = "Password, or the code of your app"


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    return tenant


@pytest.fixture
def page(site: Site, visitor: Arrive, acme: Tenant) -> Page:
    """Sam has typed something."""
    page = visitor()
    enter(page, site, acme.primary_host, "sam@example.com")
    page.goto(site.at(acme.primary_host, "/contacts/new/"))
    page.get_by_label("Name", exact=True).fill("Zanzibar Spice Ltd")
    return page


def lock_by_menu(page: Page) -> None:
    page.get_by_role("button", name="Account of Sam").click()
    page.get_by_role("button", name="Lock the screen").click()


def is_locked(tenant: Tenant) -> bool:
    with bound_to(tenant):
        return Session.objects.filter(locked_at__isnull=False).exists()


def test_the_page_is_hidden_and_comes_back_as_it_was(page: Page, acme: Tenant) -> None:
    with page.expect_response("**/lock/"):  # the page hides first, and tells the server then
        lock_by_menu(page)
    lock = page.get_by_role("dialog", name="Sam")
    expect(lock).to_be_visible()
    expect(page.get_by_label(SECRET)).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(lock).to_be_visible()
    assert is_locked(acme)

    page.get_by_label(SECRET).fill("wrong")
    page.get_by_role("button", name="Unlock").click()
    expect(lock.get_by_text("This password is wrong")).to_be_visible()
    page.get_by_label(SECRET).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    assert not is_locked(acme)

    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()


def test_what_is_sent_in_the_moment_of_a_correction_leaves_the_page_as_it_was(page: Page) -> None:
    lock_by_menu(page)
    page.evaluate(
        """password => document.addEventListener("htmx:afterSwap", ({ target }) => {
            const secret = target.querySelector("[type=password]");
            secret.value = password;
            secret.form.requestSubmit();
        }, { once: true })""",
        PASSWORD,
    )
    page.get_by_label(SECRET).fill("wrong")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("dialog", name="Sam")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")


def test_every_tab_is_locked_and_unlocked_with_it(page: Page, site: Site, acme: Tenant) -> None:
    beside = page.context.new_page()
    beside.goto(site.at(acme.primary_host, "/contacts/"))
    lock_by_menu(page)
    lock = beside.get_by_role("dialog", name="Sam")
    expect(lock).to_be_visible()
    beside.get_by_label(SECRET).fill(PASSWORD)
    beside.get_by_role("button", name="Unlock").click()
    expect(lock).to_be_hidden()
    expect(page.get_by_role("dialog", name="Sam")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")


@pytest.mark.slow
def test_where_nobody_is_the_page_locks_by_itself(page: Page, site: Site, acme: Tenant) -> None:
    page.clock.install()
    page.reload()
    page.clock.run_for(14 * 60_000)
    assert not is_locked(acme)
    page.keyboard.press("Shift")  # unlike a wheel's, its event has come when this returns
    page.clock.run_for(14 * 60_000)
    assert not is_locked(acme), "somebody was there, and the server heard of it"
    with page.expect_response("**/lock/"):
        page.clock.run_for(2 * 60_000)
    expect(page.get_by_role("dialog", name="Sam")).to_be_visible()
    assert is_locked(acme)


@pytest.mark.slow
def test_a_page_that_the_server_locked_meanwhile_says_so(page: Page, acme: Tenant) -> None:
    with bound_to(acme):
        Session.objects.update(last_seen_at=timezone.now() - timedelta(minutes=15))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Sam")).to_be_visible()
    page.get_by_label(SECRET).fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")


def test_a_form_sent_meanwhile_asks_first_and_is_saved_then(page: Page, acme: Tenant) -> None:
    with bound_to(acme):
        Session.objects.update(locked_at=timezone.now())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Sam")).to_be_visible()
    with bound_to(acme):
        assert not Contact.objects.exists()
    page.get_by_label(SECRET).fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()
