"""Oscar at the style guide."""

from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.people import identify


def open_guide(page: Page, site: Site, section: str) -> None:
    page.goto(site.at(settings.AMANA_OPERATOR_HOST, f"/sign-in/?next=/styleguide/{section}/"))
    identify(page, settings.AMANA_OPERATOR_HOST, "oscar@amana.example")
    page.wait_for_url(f"**/styleguide/{section}/")
