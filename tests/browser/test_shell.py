"""The shell in a real browser: palette, shortcuts, navigation, theme; by keyboard, on a telephone, in Arabic."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive, enter, person_at
from tests.browser.site import Site

OPTION = ".palette-option[aria-selected=true]"


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    with bound_to(tenant):
        for name in ("Dora Quill", "Zanzibar Spice Ltd", "Tea & Co"):
            Contact.objects.create(name=name)
    return tenant


@pytest.fixture
def sam(site: Site, visitor: Arrive, acme: Tenant) -> Page:
    """Sam's browser, signed in and on the list of contacts."""
    page = visitor()
    enter(page, site, acme.primary_host, "sam@example.com")
    return page


def prefers(tenant: Tenant, **values: object) -> None:
    with bound_to(tenant):
        User.objects.filter(email="sam@example.com").update(**values)


def test_the_palette_opens_finds_and_goes_by_keyboard(sam: Page) -> None:
    sam.get_by_role("link", name="New contact").focus()
    sam.keyboard.press("Control+k")
    expect(sam.get_by_role("combobox", name="What to look for or do")).to_be_focused()
    expect(sam.locator(OPTION)).to_contain_text("Contacts")

    sam.keyboard.press("ArrowDown")
    expect(sam.locator(OPTION)).to_contain_text("Backups")
    sam.keyboard.press("End")
    expect(sam.locator(OPTION)).to_contain_text("Sign out")
    sam.keyboard.press("ArrowDown")
    expect(sam.locator(OPTION)).to_contain_text("Contacts")
    sam.keyboard.press("Escape")
    expect(sam.locator("#palette")).not_to_be_visible()
    expect(sam.get_by_role("link", name="New contact")).to_be_focused()

    sam.keyboard.press("Control+k")
    sam.keyboard.type("zanz")
    expect(sam.locator(OPTION)).to_contain_text("Zanzibar Spice Ltd")
    expect(sam.locator("#palette-says")).to_have_text("1 result")
    named = sam.get_by_role("combobox").get_attribute("aria-activedescendant")
    assert sam.locator(OPTION).get_attribute("id") == named
    sam.keyboard.press("Enter")
    expect(sam.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()


def test_the_palette_does_what_it_offers_and_remembers_what_was_opened(sam: Page) -> None:
    sam.get_by_role("link", name="Dora Quill").click()
    expect(sam.get_by_role("heading", name="Dora Quill")).to_be_visible()
    sam.get_by_role("link", name="Search and commands").click()
    expect(sam.locator(OPTION)).to_contain_text("Dora Quill")
    sam.keyboard.type("dark")
    expect(sam.locator(OPTION)).to_contain_text("Dark theme")
    sam.keyboard.press("Enter")
    expect(sam.locator("html")).to_have_attribute("data-theme", "dark")
    expect(sam.get_by_role("heading", name="Dora Quill")).to_be_visible()


@pytest.mark.slow
def test_enter_before_the_answer_opens_what_was_typed(sam: Page) -> None:
    sam.get_by_role("link", name="Dora Quill").click()
    expect(sam.get_by_role("heading", name="Dora Quill")).to_be_visible()
    for start in (sam.url, sam.url):
        sam.goto(start)
        sam.keyboard.press("Control+k")
        expect(sam.locator(OPTION)).to_contain_text("Dora Quill")
        sam.keyboard.type("jobs")
        sam.keyboard.press("Enter")
        sam.wait_for_url("**/jobs/")


@pytest.mark.slow
def test_enter_on_a_slow_line_waits_and_typing_on_takes_it_back(sam: Page) -> None:
    held: list[Route] = []
    sam.keyboard.press("Control+k")
    expect(sam.locator(OPTION)).to_contain_text("Contacts")
    sam.route("**/palette/?q=jobs", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    sam.keyboard.type("jobs")
    sam.keyboard.press("Enter")
    sam.wait_for_timeout(400)
    expect(sam.locator(OPTION)).to_have_count(0)
    sam.keyboard.type(" zanz")
    expect(sam.locator("#palette-says")).to_have_text("0 results")
    assert sam.url.endswith("/contacts/")
    assert len(held) == 1


def test_the_palette_finds_the_keys_and_shows_them(sam: Page) -> None:
    sam.keyboard.press("Control+k")
    sam.keyboard.type("shortcut")
    sam.keyboard.press("Enter")
    expect(sam.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect(sam.locator("#palette")).not_to_be_visible()


def test_the_menus_of_the_bar_are_walked_by_arrows_and_letters(sam: Page) -> None:
    opener, menu = sam.get_by_role("button", name="Theme"), sam.locator("#theme-menu")
    opener.press("ArrowDown")
    for key, name in [
        ("", "Light"),
        ("ArrowDown", "Dark"),
        ("End", "As the device"),
        ("ArrowDown", "Light"),
        ("d", "Dark"),
    ]:
        if key:
            sam.keyboard.press(key)
        expect(menu.get_by_role("button", name=name)).to_be_focused()
    sam.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    sam.get_by_role("button", name="Account of Sam").press("Enter")
    expect(sam.locator("#account-menu").get_by_role("link", name="Security", exact=True)).to_be_focused()
    sam.keyboard.press("n")
    expect(sam.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()


@pytest.mark.slow
def test_back_on_the_list_the_search_says_what_the_address_says(sam: Page) -> None:
    search = sam.get_by_role("searchbox", name="Search contacts")
    search.fill("zanz")
    search.press("Enter")
    sam.wait_for_url("**q=zanz**")
    sam.get_by_role("link", name="Zanzibar Spice Ltd").click()
    expect(sam.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()
    sam.go_back()
    expect(search).to_have_value("zanz")
    sam.go_back()
    expect(sam.get_by_role("link", name="Dora Quill")).to_be_visible()
    expect(search).to_have_value("")


@pytest.mark.slow
def test_icons_only_stays_after_the_page_is_loaded_anew(sam: Page) -> None:
    wide = sam.locator(".sidenav").bounding_box()
    with sam.expect_response("**/navigation/"):
        sam.get_by_role("button", name="Icons only").click()
    narrow = sam.locator(".sidenav").bounding_box()
    sam.reload()
    assert wide
    assert narrow
    assert narrow["width"] < wide["width"] / 2
    assert sam.locator(".sidenav").bounding_box() == narrow
    expect(sam.get_by_role("link", name="Contacts", exact=True)).to_be_visible()

    with sam.expect_response("**/navigation/"):
        sam.get_by_role("button", name="Show names").press("Enter")
    sam.reload()
    assert sam.locator(".sidenav").bounding_box() == wide


def test_without_script_navigation_theme_and_search_work_by_forms(
    site: Site, without_script: Page, acme: Tenant
) -> None:
    page = without_script
    enter(page, site, acme.primary_host, "sam@example.com")
    page.get_by_role("button", name="Icons only").click()
    expect(page.locator("body.rail")).to_have_count(1)
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Search and commands").click()
    page.locator("#found-search").fill("zanz")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Zanzibar Spice Ltd").click()
    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()


def test_on_a_telephone_the_navigation_is_a_drawer(sam: Page) -> None:
    sam.set_viewport_size({"width": 390, "height": 800})
    expect(sam.locator(".sidenav")).not_to_be_visible()
    sam.get_by_role("button", name="Open the navigation").click()
    expect(sam.locator(".sidenav")).to_be_visible()
    sam.keyboard.press("Escape")
    expect(sam.locator(".sidenav")).not_to_be_visible()
    expect(sam.get_by_role("button", name="Open the navigation")).to_be_focused()

    sam.get_by_role("button", name="Open the navigation").click()
    sam.locator(".sidenav").get_by_role("link", name="Jobs").click()
    expect(sam.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()


def test_single_keys_search_go_add_walk_the_rows_and_explain_themselves(sam: Page, acme: Tenant) -> None:
    sam.keyboard.press("/")
    expect(sam.locator("#global-search")).to_be_focused()
    sam.keyboard.type("gc/?jn")
    expect(sam.locator("#global-search")).to_have_value("gc/?jn")
    sam.locator("#global-search").blur()

    sam.keyboard.press("?")
    expect(sam.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    sam.keyboard.press("n")
    sam.keyboard.press("Escape")

    sam.keyboard.press("j")
    expect(sam.get_by_role("link", name="Dora Quill")).to_be_focused()
    sam.keyboard.press("j")
    expect(sam.get_by_role("link", name="Tea & Co")).to_be_focused()
    sam.keyboard.press("k")
    sam.keyboard.press("k")
    sam.keyboard.press("Enter")
    expect(sam.get_by_role("heading", name="Dora Quill")).to_be_visible()

    sam.keyboard.press("g")
    sam.keyboard.press("j")
    expect(sam.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    sam.keyboard.press("g")
    sam.keyboard.press("c")
    expect(sam.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    sam.keyboard.press("n")
    expect(sam.get_by_role("heading", name="New contact")).to_be_visible()


def test_an_arabic_keyboard_has_the_same_keys_in_the_same_places(sam: Page) -> None:
    """Playwright knows no layouts: the events are made as an Arabic one makes them."""
    sam.evaluate(
        """() => [['ل', 'KeyG'], ['ت', 'KeyJ']].forEach(([key, code]) =>
             document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true})))"""
    )
    expect(sam.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()


def test_single_keys_do_nothing_where_they_are_off(site: Site, sam: Page, acme: Tenant) -> None:
    prefers(acme, shortcuts=False)
    sam.reload()
    expect(sam.locator(".bar-search kbd")).to_have_count(0)
    for key in ("/", "j", "n", "?"):
        sam.keyboard.press(key)
    expect(sam.locator("#global-search")).not_to_be_focused()
    expect(sam.locator("#help")).not_to_be_visible()
    expect(sam.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    sam.keyboard.press("Control+k")
    expect(sam.get_by_role("combobox")).to_be_focused()


def test_a_key_with_a_modifier_is_the_browsers(sam: Page) -> None:
    for key in ("Control+j", "Alt+n", "Meta+/"):
        sam.keyboard.press(key)
    expect(sam.locator("#global-search")).not_to_be_focused()
    expect(sam.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()


@pytest.mark.slow
def test_the_theme_is_there_from_the_first_byte(site: Site, sam: Page, acme: Tenant) -> None:
    prefers(acme, theme="dark")
    answer = sam.goto(site.at(acme.primary_host, "/jobs/"))
    assert answer
    head = answer.text().partition("<head>")[0]
    assert 'data-theme="dark"' in head
    assert sam.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    sam.get_by_role("button", name="Theme").click()
    sam.get_by_role("button", name="Light").click()
    expect(sam.locator("html")).to_have_attribute("data-theme", "light")
    expect(sam.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()


def test_what_has_the_focus_is_never_behind_the_bar(sam: Page, acme: Tenant) -> None:
    with bound_to(acme):
        for number in range(40):
            Contact.objects.create(name=f"Number {number:02}")
    sam.reload()
    for _ in range(45):
        sam.keyboard.press("j")
    for _ in range(20):
        sam.keyboard.press("k")
        place = sam.evaluate("document.activeElement.getBoundingClientRect().top")
        assert place >= 52
