"""With the keyboard alone: signing in, going past the navigation, every control in its turn, and out again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive, person_at, sign_in
from tests.browser.site import Site
from tests.support.authenticator import code_for
from tests.support.fleet import PASSWORD

ROUNDS = 200  # presses of Tab after which the focus must have come round
# What Tab is to reach: of radio buttons of one name the browser itself takes one for all of them.
NUMBERED = """
() => {
  const asked = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const reachable = [...document.querySelectorAll(asked)].filter(element =>
    !element.disabled && element.tabIndex >= 0 && !element.closest('[inert]')
    && element.checkVisibility({visibilityProperty: true}));
  const radios = new Set();
  const each = reachable.filter(element => {
    if (element.type !== 'radio') return true;
    const group = document.querySelectorAll(`[type=radio][name="${element.name}"]:checked`);
    return group.length ? group[0] === element : radios.size < radios.add(element.name).size;
  });
  each.forEach((element, number) => { element.dataset.turn = number; });
  return each.length;
}
"""
FOCUSED = """
() => {
  const element = document.activeElement;
  const drawn = [element, element.parentElement, element.closest('label, tr')].filter(Boolean);
  const shown = drawn.some(one => ['', '::after', '::before'].some(part => {
    const style = getComputedStyle(one, part || null);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  }));
  return {turn: element.dataset.turn ?? null, shown, what: element.outerHTML.slice(0, 120)};
}
"""


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    sam = person_at(tenant, "sam@example.com")
    with bound_to(tenant):
        for name in ("Dora Quill", "Zanzibar Spice Ltd"):
            Contact(name=name).create(by=sam)
    return tenant


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the one that `what` selects has the focus."""
    for _ in range(ROUNDS):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    pytest.fail(f"Tab never comes to {what}.")


def turns(page: Page) -> tuple[int, list[str], list[str]]:
    """How many there are to reach; what Tab reached in a whole round, in order; and what showed no focus."""
    number = page.evaluate(NUMBERED)
    reached: list[str] = []
    unseen: list[str] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(ROUNDS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["turn"] in reached or (reached and focused["turn"] is None):
            return number, reached, unseen
        if focused["turn"] is not None:
            reached.append(focused["turn"])
            unseen += [] if focused["shown"] else [focused["what"]]
    pytest.fail("The focus never comes round.")


def test_signing_in_searching_and_adding_need_no_mouse(site: Site, visitor: Arrive, acme: Tenant) -> None:
    page = visitor()
    page.goto(site.at(acme.primary_host))
    tab_to(page, "[name=email]")
    page.keyboard.type("sam@example.com")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_be_focused()
    page.keyboard.type(code_for(acme, "sam@example.com"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()

    tab_to(page, "main [name=q]")
    page.keyboard.type("zanzibar")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=zanzibar**")
    expect(page.get_by_role("link", name="Dora Quill")).to_have_count(0)
    tab_to(page, "main a[href$='/contacts/new/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/new/")

    tab_to(page, "main [name=name]")
    page.keyboard.type("Tea & Co")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tea & Co")).to_be_visible()


def test_the_first_stop_leads_past_the_navigation(site: Site, visitor: Arrive, acme: Tenant) -> None:
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.sampled
@pytest.mark.parametrize("path", ["/contacts/", "/contacts/new/", "/jobs/"])
def test_tab_reaches_every_control_once_shows_where_it_is_and_is_never_trapped(
    site: Site, visitor: Arrive, acme: Tenant, path: str
) -> None:
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    page.goto(site.at(acme.primary_host, path))

    number, reached, unseen = turns(page)

    assert number > 3
    assert sorted(map(int, reached)) == [*range(number)]
    assert unseen == []
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.turn") == reached[-1]
