"""What a person sees when a part of a page gets a refusal or no answer, and that a form is sent once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from business.contacts.models import Contact
from interface.models import PolicyViolation
from jobs.models import Job
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.conftest import Site
from tests.browser.test_two_customers import Arrive, person_at, sign_in

REQUEST = "0197fe1c-7a3b-7c55-9d1e-000000000001"
PROBE = """() => {
  const probe = document.createElement("div");
  probe.innerHTML = `<form id="probe" hx-post="/probe/" hx-target="#part"><button>Probe</button></form>
    <div id="part">untouched</div>`;
  document.querySelector("main").append(probe);
  htmx.process(probe);
}"""


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    with bound_to(tenant):
        Contact.objects.create(name="Nile Papers")
    return tenant


@pytest.fixture
def page(site: Site, visitor: Arrive, acme: Tenant) -> Page:
    """Sam is signed in, on a page with a form that htmx sends."""
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    page.wait_for_load_state()
    page.evaluate(PROBE)
    return page


def answer(page: Page, status: int, body: str = "") -> list[str]:
    """Each request of the form is answered like this; what was asked is told."""
    asked: list[str] = []

    def fulfil(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(
            status=status, body=body, headers={"X-Request-ID": REQUEST, "Content-Type": "text/html"}
        )

    page.unroute("**/probe/")
    page.route("**/probe/", fulfil)
    return asked


def press(page: Page) -> None:
    page.get_by_role("button", name="Probe").click()


TOLD = {
    400: ("That wasn't accepted", "Try again"),
    401: ("You are signed out", "Sign in"),
    403: ("You may not do that", "Close"),
    404: ("is gone", "Reload"),
    409: ("It has changed meanwhile", "Reload"),
    410: ("is gone", "Reload"),
    418: ("That wasn't accepted", "Try again"),
    422: ("That wasn't accepted", "Try again"),
    429: ("That was too often", "Try again"),
    500: ("Something went wrong on our side", "Try again"),
    502: ("Something went wrong on our side", "Try again"),
    503: ("We are busy", "Try again"),
}


def test_every_refusal_is_told_with_what_to_do_about_it(page: Page) -> None:
    for status, (words, way) in TOLD.items():
        asked = answer(page, status)

        press(page)

        told = page.get_by_role("alert").filter(has_text=words)
        expect(told).to_be_visible()
        expect(told.locator(f"text='{way}'")).to_be_visible()
        expect(page.locator("#part")).to_have_text("untouched")
        assert asked == ["POST"]
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#answers")).to_be_empty()


@pytest.mark.slow
def test_a_failure_tells_its_number_and_is_asked_for_again(page: Page) -> None:
    answer(page, 500)
    press(page)
    expect(page.get_by_role("alert").locator("bdi")).to_have_text(REQUEST)

    asked = answer(page, 200, "<b>mended</b>")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#part")).to_have_text("mended")
    expect(page.locator("#answers")).to_be_empty()
    assert asked == ["POST"]


def test_a_form_that_wasn_t_accepted_is_shown_with_its_corrections_but_no_whole_page(page: Page) -> None:
    answer(page, 422, "<p>Enter a name.</p>")
    press(page)
    expect(page.locator("#part")).to_have_text("Enter a name.")
    expect(page.locator("#answers")).to_be_empty()

    answer(page, 422, "<!doctype html><html><body>all of it</body></html>")
    press(page)
    expect(page.get_by_role("alert").filter(has_text="That wasn't accepted")).to_be_visible()
    expect(page.locator("#part")).to_have_text("Enter a name.")


def test_offline_is_said_and_what_changes_something_waits_for_a_word(page: Page) -> None:
    asked = answer(page, 200, "saved")
    page.unroute("**/probe/")
    page.context.set_offline(True)
    press(page)
    expect(page.get_by_role("alert").filter(has_text="you seem to be offline")).to_be_visible()

    asked = answer(page, 200, "saved")
    page.context.set_offline(False)
    page.wait_for_timeout(300)
    assert asked == []
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#part")).to_have_text("saved")
    assert asked == ["POST"]


@pytest.mark.slow
def test_a_page_that_follows_says_once_that_it_is_offline_and_goes_on_by_itself(
    site: Site, visitor: Arrive, acme: Tenant
) -> None:
    page = visitor()
    sign_in(page, site, acme, "sam@example.com")
    page.get_by_role("button", name="Export").click()
    expect(page.locator("#state")).to_have_text("Waiting")

    page.context.set_offline(True)
    told = page.get_by_role("alert").filter(has_text="you seem to be offline")
    expect(told).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.wait_for_timeout(2500)
    expect(told).to_have_count(0)

    page.context.set_offline(False)
    with page.expect_response("**/progress/**") as followed:
        pass
    assert followed.value.status == 200
    expect(page.locator("#answers")).to_be_empty()


def test_a_double_click_sends_a_form_once(page: Page, acme: Tenant) -> None:
    held = hold(page, "**/contacts/export/")
    page.get_by_role("button", name="Export").dblclick(delay=100)
    page.wait_for_timeout(300)
    [sent] = held
    sent.continue_()
    page.wait_for_url("**/jobs/**")
    with bound_to(acme):
        assert Job.objects.count() == 1


@pytest.mark.slow
def test_a_double_enter_sends_a_form_once(page: Page, site: Site, acme: Tenant) -> None:
    page.goto(site.at(acme.primary_host, "/contacts/new/"))
    page.get_by_label("Name", exact=True).fill("Zanzibar Spice Ltd")
    held = hold(page, "**/contacts/new/")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    [sent] = held
    sent.continue_()
    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()
    with bound_to(acme):
        assert Contact.objects.filter(name="Zanzibar Spice Ltd").count() == 1


def hold(page: Page, address: str) -> list[Route]:
    """As over a slow line: what is sent waits here for the test's word."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    return held


def test_back_from_another_page_a_form_can_be_sent_again(page: Page) -> None:
    """A browser that keeps the page as it was left says so by this event."""
    page.evaluate("document.querySelector('form').ariaBusy = 'true'")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("[aria-busy]")).to_have_count(0)


@pytest.mark.slow
def test_a_double_click_sends_a_form_of_htmx_once(page: Page) -> None:
    asked = answer(page, 200, "once")
    page.get_by_role("button", name="Probe").dblclick()
    expect(page.locator("#part")).to_have_text("once")
    assert asked == ["POST"]

    press(page)
    page.wait_for_timeout(200)
    assert asked == ["POST", "POST"]


@pytest.mark.slow
def test_the_back_button_shows_what_the_server_says(page: Page) -> None:
    link = '<a href="/jobs/" hx-get="/jobs/" hx-push-url="true" hx-target="#part">There</a>'
    page.evaluate("link => document.querySelector('main').insertAdjacentHTML('beforeend', link)", link)
    page.evaluate("htmx.process(document.querySelector('main'))")
    page.get_by_role("link", name="There").click()
    page.wait_for_url("**/jobs/")
    page.evaluate("window.same = true")

    page.go_back()

    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    expect(page.locator("#part")).to_have_count(0)
    assert page.url.endswith("/contacts/")
    assert page.evaluate("window.same") is None


def test_what_a_browser_refuses_is_reported(page: Page, acme: Tenant) -> None:
    with page.expect_request("**/csp-reports/") as reported:
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    reported.value.response()

    with bound_to(CATALOG):
        seen = PolicyViolation.objects.filter(host=acme.primary_host)
        rows = [*seen.values_list("directive", "blocked", "page")]
        seen.delete()
    assert rows == [("style-src-attr", "inline", "/contacts/")]


@pytest.mark.slow
def test_in_front_of_the_palette_an_answer_can_be_read_and_pressed(page: Page) -> None:
    page.context.set_offline(True)
    page.keyboard.press("Control+k")
    told = page.locator("#palette").get_by_role("alert")
    expect(told).to_contain_text("you seem to be offline")
    expect(told.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".palette-option").first).to_be_visible()
    expect(page.locator("#answers")).to_be_empty()

    page.route("**/palette/**", lambda route: route.fulfill(status=500))
    page.keyboard.type("jobs")
    expect(told).to_contain_text("Something went wrong on our side")
    page.unroute("**/palette/**")
    told.get_by_role("button", name="Try again").click()
    expect(page.locator(".palette-option[aria-selected=true]")).to_contain_text("Jobs")
    expect(page.locator("#answers")).to_be_empty()


@pytest.mark.slow
def test_what_the_palette_could_not_find_is_over_when_it_closes_and_later_answers_are_told(
    page: Page,
) -> None:
    page.route("**/palette/**", lambda route: route.fulfill(status=500))
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("alert")).to_contain_text("Something went wrong")
    page.keyboard.press("Escape")
    expect(page.locator("#answers")).to_be_empty()

    answer(page, 503)
    press(page)
    expect(page.get_by_role("alert").filter(has_text="We are busy")).to_be_visible()


def test_a_form_that_the_browser_sends_stays_while_offline(page: Page, site: Site, acme: Tenant) -> None:
    page.goto(site.at(acme.primary_host, "/contacts/new/"))
    page.get_by_label("Name", exact=True).fill("Zanzibar Spice Ltd")
    page.context.set_offline(True)
    for _ in range(2):
        page.get_by_role("button", name="Save").click()
        told = page.get_by_role("alert").filter(has_text="you seem to be offline")
        expect(told).to_be_visible()
        told.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zanzibar Spice Ltd")
    with bound_to(acme):
        assert not Contact.objects.filter(name="Zanzibar Spice Ltd").exists()

    page.context.set_offline(False)
    page.wait_for_timeout(300)
    expect(told).to_be_visible()
    told.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Zanzibar Spice Ltd")).to_be_visible()
