"""The walk itself: it reads the URL table, and it finds each kind of fault where there is one."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from playwright.sync_api import Browser, Response

from tests.browser.walk.acting import post_it_empty
from tests.browser.walk.looking import Looker
from tests.browser.walk.modes import QUICK
from tests.browser.walk.routes import Route, routes_of, samples_for
from tests.browser.walk.samples import Sample

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
ADDRESS = "http://acme.localhost/"
SOUND = """<!doctype html><html lang="en" dir="ltr"><title>Contacts</title>
<main><h1>Contacts</h1>{}</main></html>"""


def nothing(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def table() -> list[URLPattern | URLResolver]:
    orders = ([path("<uuid:pk>/edit/", nothing, name="order-update")], "orders")
    return [path("", nothing, name="home"), path("<language>/orders/", include(orders))]


def test_routes_bring_their_arguments_along() -> None:
    assert [*routes_of(table())] == [
        Route("home", frozenset(), is_open=False),
        Route("orders:order-update", frozenset({"language", "pk"}), is_open=False),
    ]


def test_the_longest_name_of_a_thing_has_the_sample() -> None:
    route = Route("orders:order-line-update", frozenset({"pk"}), is_open=False)
    order, line = Sample({"pk": "1"}), Sample({"pk": "2"})
    assert samples_for(route, {"order": [order], "order-line": [line], "ord": [order]}) == [line]


def test_a_thing_that_nothing_stands_for_is_named() -> None:
    route = Route("orders:order-update", frozenset({"pk"}), is_open=False)
    with pytest.raises(
        AssertionError, match=r"^No sample fits orders:order-update \(pk\): add one for “order”"
    ):
        samples_for(route, {"contact": [Sample({"pk": "1"})], "order": [Sample({"slug": "a"})]})


@pytest.fixture
def looker(browser: Browser) -> Iterator[Looker]:
    context = QUICK[0].context(browser)
    yield Looker(context.new_page(), QUICK[0])
    context.close()


def brought(looker: Looker, page: str, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
    looker.page.route(ADDRESS, lambda route: route.fulfill(status=status, headers=headers, body=page))
    looker.page.route("**/missing.*", lambda route: route.abort())
    response = looker.page.goto(ADDRESS)
    assert response
    return response


def faults_with(looker: Looker, content: str) -> list[str]:
    return looker.faults(brought(looker, SOUND.format(content)))


def test_a_sound_page_is_without_fault_whatever_its_status(looker: Looker) -> None:
    assert faults_with(looker, "<p>None yet.</p>") == []
    assert looker.faults(brought(looker, SOUND.format(""), status=404)) == []


def test_a_breach_of_the_policy_is_found(looker: Looker) -> None:
    faults = faults_with(looker, '<p style="color: red">Late</p>')
    assert "policy: style-src-attr refused inline" in faults
    assert any(fault.startswith("console: ") for fault in faults)


def test_a_failed_request_is_found(looker: Looker) -> None:
    faults = faults_with(looker, '<img src="/missing.png" alt="A map">')
    assert f"request failed: {ADDRESS}missing.png (net::ERR_FAILED)" in faults


def test_what_axe_finds_is_told_with_its_place(looker: Looker) -> None:
    (fault,) = faults_with(looker, '<input name="q">')
    assert fault.startswith("axe label at input: ")
    assert fault.endswith('<input name="q">')


def test_a_page_that_scrolls_sideways_is_found(looker: Looker) -> None:
    (fault,) = faults_with(looker, f'<p class="id">{"x" * 900}</p>')
    assert fault.endswith(" in 1280: ['main', 'p.id']")


def test_language_direction_title_and_headings_are_looked_at(looker: Looker) -> None:
    page = '<!doctype html><html lang="ar" dir="rtl"><main><h1>One</h1><h1>Two</h1></main></html>'
    found = looker.faults(brought(looker, page))
    assert found[:3] == [
        "no title",
        "2 headings h1",
        "lang and dir are ('ar', 'rtl'), not ('en', 'ltr')",
    ]
    assert found[3].startswith("axe document-title at html: ")


def test_an_error_in_a_script_is_found(looker: Looker) -> None:
    response = brought(looker, SOUND.format(""))
    looker.page.evaluate("setTimeout(() => { throw new Error('No cart') })")
    looker.page.wait_for_function("true")
    assert looker.faults(response) == ["script error: No cart"]


def test_a_form_is_posted_with_nothing_in_it(looker: Looker) -> None:
    brought(
        looker,
        SOUND.format(
            '<form method="post"><input type="hidden" name="csrfmiddlewaretoken"><input name="a" value="1"></form>'
        ),
    )
    with looker.page.expect_request(lambda request: request.method == "POST") as posted:
        assert post_it_empty(looker.page)
    assert posted.value.post_data == "csrfmiddlewaretoken=&a="
    brought(looker, SOUND.format('<form method="post"><input name="a"></form>'))
    assert post_it_empty(looker.page) is None
