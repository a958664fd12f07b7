"""A select of many is searched by what is typed, in any script, by keyboard; without script it is a select."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tenants.models import Tenant
from tests.browser.conftest import Site
from tests.browser.guide import open_guide

Arrive = Callable[[], Page]


@pytest.fixture
def page(visitor: Arrive, site: Site, cast: dict[str, Tenant]) -> Page:
    page = visitor()
    open_guide(page, site, "fields")
    return page


@pytest.fixture
def city(page: Page) -> Locator:
    return page.locator("#plain_city")


def value(page: Page) -> str:
    return page.locator("#plain_city-value").input_value()


def active(page: Page) -> str:
    """The option that a screen reader is told of."""
    told = page.locator("#plain_city").get_attribute("aria-activedescendant")
    return page.locator(f"[id='{told}']").text_content() or ""


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="City").get_by_role("option")


def test_it_is_a_combobox_with_the_field_s_label_and_help(city: Locator) -> None:
    expect(city).to_have_role("combobox")
    expect(city).to_have_accessible_name("City")
    expect(city).to_have_accessible_description("Type to search, with or without accents.")
    expect(city).to_have_attribute("aria-expanded", "false")


def test_typing_filters_without_regard_to_accents_and_enter_chooses(page: Page, city: Locator) -> None:
    city.press_sequentially("munch")
    expect(options(page)).to_have_text(["München"])
    assert active(page) == "München"
    city.press("Enter")
    expect(city).to_have_value("München")
    expect(city).to_have_attribute("aria-expanded", "false")
    assert value(page) == "mun"
    assert page.url.endswith("/styleguide/fields/")


def test_arrows_home_and_end_move_and_go_round(page: Page, city: Locator) -> None:
    city.press("ArrowDown")
    expect(options(page)).to_have_count(8)
    for key, there in [
        ("ArrowDown", "دبي"),
        ("End", "深圳"),
        ("ArrowDown", "None"),
        ("ArrowUp", "深圳"),
        ("Home", "None"),
    ]:
        city.press(key)
        assert active(page) == there


def test_escape_closes_and_keeps_what_was_chosen(page: Page, city: Locator) -> None:
    city.fill("lon")
    city.press("Enter")
    city.fill("kar")
    city.press("Escape")
    expect(city).to_have_value("London")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(city).to_be_focused()
    assert value(page) == "lon"


def test_what_matches_nothing_says_so_and_changes_nothing(page: Page, city: Locator) -> None:
    city.fill("atlantis")
    expect(options(page)).to_have_text(["Nothing matches."])
    city.press("Enter")
    city.blur()
    expect(city).to_have_value("")
    assert value(page) == ""


def test_an_emptied_field_is_an_empty_choice_and_a_mouse_chooses_too(page: Page, city: Locator) -> None:
    city.click()
    page.get_by_role("option", name="الرياض").click()
    assert value(page) == "ruh"
    city.fill("")
    city.blur()
    assert value(page) == ""


@pytest.mark.sampled
@pytest.mark.parametrize(("typed", "found"), [("الريا", "الرياض"), ("上", "上海")])
def test_other_scripts_are_searched_as_well(page: Page, city: Locator, typed: str, found: str) -> None:
    city.fill(typed)
    expect(options(page)).to_have_text([found])


def test_while_an_input_method_composes_nothing_is_filtered_or_chosen(page: Page, city: Locator) -> None:
    devtools = page.context.new_cdp_session(page)
    city.focus()
    devtools.send("Input.imeSetComposition", {"text": "shang", "selectionStart": 5, "selectionEnd": 5})
    expect(city).to_have_attribute("aria-expanded", "false")
    devtools.send("Input.insertText", {"text": "上"})
    expect(options(page)).to_have_text(["上海"])
    city.press("Enter")
    assert value(page) == "sha"


def test_without_script_it_is_a_select(browser: Browser, site: Site, cast: dict[str, Tenant]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_guide(page, site, "fields")
    page.get_by_label("City").first.select_option("上海")
    expect(page.locator("select#plain_city")).to_have_value("sha")
    context.close()
