"""A drill's report goes on paper: each step with what it found, whose and when, and nothing to press."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from backups.drilling.steps import KINDS, STEPS
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.people import enter, person_at
from tests.browser.site import Site
from tests.browser.walk.drills import drills_at_operators
from tests.support.authenticator import without_devices

SAM = "sam@amana.example"


@pytest.fixture
def drills(new_tenant: Callable[..., Tenant]) -> Iterator[dict[str, Drill]]:
    tenant = new_tenant(name="Acme")
    without_devices(CATALOG)
    person_at(CATALOG, SAM)
    drills_at_operators(tenant)
    with bound_to(CATALOG):
        made = {each.outcome: each for each in Drill.objects.filter(tenant=tenant)}
    yield made
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=tenant).delete()


def opened(page: Page, site: Site, drill: Drill) -> Page:
    page.add_init_script("print = () => { document.documentElement.dataset.printed = 'yes' }")
    enter(page, site, settings.AMANA_OPERATOR_HOST, SAM)
    page.goto(site.at(settings.AMANA_OPERATOR_HOST, f"/drills/{drill.pk}/"))
    return page


def test_the_button_prints_the_report(
    visitor: Callable[[], Page], site: Site, drills: dict[str, Drill]
) -> None:
    page = opened(visitor(), site, drills["failed"])

    page.get_by_role("button", name="Print").click()

    expect(page.locator("html")).to_have_attribute("data-printed", "yes")
    page.emulate_media(media="print")
    expect(page.locator("main").get_by_text("Acme").first).to_be_visible()
    expect(page.locator(".told-steps > .step")).to_have_count(len(STEPS))
    for line in page.locator(".told-steps > .step").all():
        expect(line.get_by_text("As it should be.")).to_be_visible()
        expect(line.locator(".step-state")).to_be_visible()
    expect(page.locator(".told-steps strong")).to_have_text(str(KINDS["content"].remedy))
    expect(page.locator(".print-footer")).to_contain_text("Internal")
    for screen_only in ("main button", "main form", ".on-screen", ".sidenav", ".topbar"):
        assert not [each for each in page.locator(screen_only).all() if each.is_visible()], screen_only


def test_without_a_report_there_is_nothing_to_print(
    visitor: Callable[[], Page], site: Site, drills: dict[str, Drill]
) -> None:
    page = opened(visitor(), site, drills["waiting"])

    expect(page.locator(".told-steps")).to_be_visible()
    expect(page.locator("[data-print]")).to_have_count(0)
