"""Oscar at the style guide."""

from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.support.fleet import PASSWORD


def open_guide(page: Page, site: Site, section: str) -> None:
    page.goto(site.at(settings.AMANA_OPERATOR_HOST, f"/sign-in/?next=/styleguide/{section}/"))
    page.locator("[name=email]").fill("oscar@amana.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**/styleguide/{section}/")
