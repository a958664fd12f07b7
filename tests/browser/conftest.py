"""A real Chromium before the real web server. `./test` finds the browser; --no-browser leaves these tests out."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tenants.binding import CATALOG
from tests.browser.chromium import launched, patient
from tests.browser.site import Site as Site
from tests.browser.site import served
from tests.support.authenticator import without_devices


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if os.environ.get("AMANA_NO_BROWSER"):
        pytest.skip("--no-browser")
    found = os.environ.get("AMANA_BROWSER")
    if not found:
        pytest.fail("No browser: ./test looks for one and names it in AMANA_BROWSER.", pytrace=False)
    with launched(found) as browser:
        yield browser


@pytest.fixture(scope="package")
def site(databases: None) -> Iterator[Site]:
    with served() as site:
        yield site
    without_devices(CATALOG)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Somebody with a browser of their own; whatever the page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive() -> Page:
        contexts.append(patient(browser.new_context(viewport={"width": 1280, "height": 800})))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    """A page whose browser runs no JavaScript."""
    context = patient(browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800}))
    yield context.new_page()
    context.close()
