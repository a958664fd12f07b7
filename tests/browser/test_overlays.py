"""Dialogs, menus, toasts and forms under the hands of somebody with a keyboard, a mouse, or no script."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tenants.models import Tenant
from tests.browser.conftest import Site
from tests.browser.guide import open_guide

Arrive = Callable[[], Page]
pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def page(visitor: Arrive, site: Site, cast: dict[str, Tenant]) -> Page:
    page = visitor()
    open_guide(page, site, "overlays")
    return page


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_dialog_opens_by_enter_closes_by_escape_and_gives_the_focus_back(page: Page) -> None:
    opener = page.locator("[data-opens=note]")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Add a note")
    expect(dialog.get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_drawer_closes_by_its_cross_and_by_a_press_beside_it(page: Page) -> None:
    opener, drawer = page.get_by_role("button", name="What changed"), page.locator("#changes")
    opener.click()
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(drawer).to_be_visible()
    page.mouse.click(100, 400)
    expect(drawer).to_be_hidden()


def test_a_browser_that_knows_neither_commands_nor_light_dismissal_has_both_by_script(
    visitor: Arrive, site: Site, cast: dict[str, Tenant]
) -> None:
    page = visitor()
    page.add_init_script(
        "delete HTMLButtonElement.prototype.commandForElement; delete HTMLDialogElement.prototype.closedBy;"
        "addEventListener('command', (event) => event.preventDefault(), true);"
    )
    open_guide(page, site, "overlays")
    page.evaluate(
        "for (const dialog of document.querySelectorAll('dialog')) dialog.setAttribute('closedby', 'any')"
    )
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("#changes")).to_be_visible()
    page.locator("#changes").get_by_role("button", name="Close").click()
    expect(page.locator("#changes")).to_be_hidden()


@pytest.mark.slow
def test_without_script_the_way_to_a_dialog_is_a_link_to_the_page_that_asks_the_same(
    without_script: Page, site: Site
) -> None:
    open_guide(without_script, site, "overlays")
    link = without_script.get_by_role("link", name="Add a note")
    assert link.get_attribute("href") == "/styleguide/overlays/"
    link.click()
    expect(without_script.locator("#note")).to_be_hidden()


def test_a_dangerous_form_asks_first_with_the_way_out_focused(page: Page) -> None:
    posted: list[str] = []
    page.on(
        "request",
        lambda request: posted.append(request.post_data or "") if request.method == "POST" else None,
    )
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Delete Nakheel Trading")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert posted == []

    page.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Delete for good").click()
    page.wait_for_load_state()
    (body,) = posted
    assert body.endswith("confirmed=1")


def test_a_typed_word_has_to_be_right(page: Page) -> None:
    page.locator("[data-opens=closing]").click()
    dialog = page.get_by_role("dialog", name="Close Nakheel Trading for good")
    word = dialog.get_by_role("textbox", name="To go on, type nakheel")
    expect(word).to_be_focused()
    word.fill("Nakheel")
    dialog.get_by_role("button", name="Close for good").click()
    expect(dialog).to_be_visible()
    word.fill("nakheel")
    dialog.get_by_role("button", name="Close for good").click()
    expect(dialog).to_be_hidden()


def test_a_menu_is_walked_by_arrows_letters_home_and_end(page: Page) -> None:
    opener = page.get_by_role("button", name="Actions", exact=True)
    opener.press("ArrowDown")
    menu = page.get_by_role("menu", name="Actions", exact=True)
    for key, name in [
        ("", "Duplicate"),
        ("ArrowDown", "Print"),
        ("End", "Delete"),
        ("ArrowDown", "Duplicate"),
        ("ArrowUp", "Delete"),
        ("Home", "Duplicate"),
        ("p", "Print"),
    ]:
        if key:
            page.keyboard.press(key)
        expect(menu.get_by_role("menuitem", name=name)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.slow
def test_tab_leaves_a_menu_for_what_comes_next(page: Page) -> None:
    page.get_by_role("button", name="Actions", exact=True).press("Enter")
    expect(page.get_by_role("menuitem", name="Duplicate").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("menu", name="Actions", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="More actions")).to_be_focused()


def test_a_disabled_action_is_focused_says_why_and_its_tip_goes_by_escape(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Buttons").click()
    action = page.get_by_role("button", name="Ship")
    action.focus()
    why = page.get_by_text("The order is on hold until its payment arrives.")
    expect(action).to_have_accessible_description("The order is on hold until its payment arrives.")
    expect(why).to_be_visible()
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()


def test_a_success_leaves_by_itself_unless_pointed_at_and_an_error_stays(page: Page) -> None:
    for level, text in (("success", "Saved."), ("error", "On hold.")):
        page.evaluate(
            "detail => document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail }))",
            {"level": level, "text": text},
        )
    saved, refused = (
        page.get_by_role("status").get_by_text("Saved."),
        page.get_by_role("alert").get_by_text("On hold."),
    )
    expect(saved).to_be_visible()
    saved.hover()
    states = (
        "[...document.querySelectorAll('.toast.success')].map(toast => toast.getAnimations()[0].playState)"
    )
    assert page.evaluate(states) == ["paused"]
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('.toast.success').getAnimations().forEach(one => one.finish())")
    expect(saved).to_be_hidden()
    expect(refused).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Dismiss").click()
    expect(refused).to_be_hidden()


def test_rows_are_counted_and_chosen_by_range_and_all_at_once(page: Page) -> None:
    page.get_by_role("link", name="Feedback").click()
    count, boxes = page.locator(".bulk-count output"), page.locator("[name=selected]")
    expect(count).to_have_text("1")
    boxes.nth(0).click()
    expect(page.locator(".bulk-bar")).to_be_hidden()
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(count).to_have_text("3")
    assert page.evaluate("document.querySelector('[data-select-all]').indeterminate")
    page.get_by_label("All").click()
    expect(count).to_have_text("4")


def test_without_script_the_bulk_bar_still_comes_up(without_script: Page, site: Site) -> None:
    open_guide(without_script, site, "feedback")
    expect(without_script.locator(".bulk-bar")).to_be_visible()
    without_script.locator("[name=selected]").first.uncheck()
    expect(without_script.locator(".bulk-bar")).to_be_hidden()


def test_leaving_with_changes_asks_and_without_doesn_t(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("link", name="Fields").click()
    page.locator("#plain_name").fill("Nakheel")
    page.locator("#plain_name").fill("")
    page.get_by_role("link", name="Overlays").click()
    page.wait_for_url("**/overlays/")
    assert asked == []
    page.get_by_role("link", name="Fields").click()
    page.locator("#plain_name").fill("Nakheel")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("link", name="Overlays").click()
    page.wait_for_url("**/overlays/")
    assert asked == ["beforeunload"]


@pytest.mark.slow
def test_a_password_is_shown_on_demand_and_characters_are_counted(page: Page) -> None:
    page.get_by_role("link", name="Fields").click()
    page.locator("#plain_password").fill("correct horse")
    reveal = page.get_by_role("button", name="Show the password").first
    reveal.click()
    expect(page.locator("#plain_password")).to_have_attribute("type", "text")
    reveal.click()
    expect(page.locator("#plain_password")).to_have_attribute("type", "password")
    page.locator("#plain_notes").fill("نخيل")
    expect(page.locator(".counter").first).to_have_text("4 / 280")


def test_a_button_that_was_pressed_turns_without_changing_its_size_and_sends_no_warning(page: Page) -> None:
    page.get_by_role("link", name="Fields").click()
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.evaluate("document.querySelector('.form-actions .primary').type = 'submit'")
    save = page.get_by_role("button", name="Save").first
    page.locator("#plain_name").fill("Nakheel")
    page.route("**/styleguide/fields/", lambda route: route.fulfill(status=204))  # the page stays
    before = save.bounding_box()
    save.click()
    expect(save).to_have_attribute("aria-busy", "true")
    assert save.bounding_box() == before
    assert asked == []
