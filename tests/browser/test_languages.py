"""One page in three languages: the layout is mirrored in Arabic, and nothing runs out of a telephone's screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.people import enter, person_at
from tests.browser.site import Site

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PATHS = ("/contacts/", "/contacts/new/", "/contacts/?q=nobody", "/nowhere/")


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("language", "asked", "mirrored"),
    [("en", "en-GB", False), ("ar", "ar-SA", True), ("zh-hans", "zh-CN", False)],
)
def test_a_page_stands_right_in_each_language_and_fits(
    site: Site,
    browser: Browser,
    new_tenant: Callable[..., Tenant],
    language: str,
    asked: str,
    *,
    mirrored: bool,
) -> None:
    acme = new_tenant(name="Acme")
    person_at(acme, "sam@example.com")
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(language=language)
    page = browser.new_context(locale=asked, viewport={"width": 1280, "height": 800}).new_page()
    enter(page, site, acme.primary_host, "sam@example.com")

    beside, main = page.locator(".sidenav").bounding_box(), page.locator("main").bounding_box()
    assert beside is not None
    assert main is not None
    assert (beside["x"] > main["x"]) is mirrored
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for path in PATHS:
            page.goto(site.at(acme.primary_host, path))
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate(OVERFLOW) == 0
    page.context.close()
