"""A page that follows its job: by itself, until it is over, under the policy, and without script."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from business.contacts.models import Contact
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import Arrive, person_at, sign_in
from tests.browser.site import Site


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    person_at(tenant, "sam@example.com")
    with bound_to(tenant):
        Contact.objects.create(name="Zanzibar Spice Ltd")
    return tenant


def complaints_of(page: Page) -> list[str]:
    """What breaks the policy, or fails otherwise, is told on the console."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return complaints


def only_job(tenant: Tenant) -> Job:
    with bound_to(tenant):
        return Job.objects.get()


def exporting(page: Page, site: Site, tenant: Tenant) -> None:
    """Sam has asked for an export, and is looking at it."""
    sign_in(page, site, tenant, "sam@example.com")
    page.get_by_role("button", name="Export").click()
    expect(page.locator("#state")).to_have_text("Waiting")


def test_a_job_is_followed_to_its_end_on_the_same_page(site: Site, visitor: Arrive, acme: Tenant) -> None:
    page = visitor()
    asked: list[str] = []
    complaints = complaints_of(page)
    exporting(page, site, acme)
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("window.same = true")

    carry_out(acme, only_job(acme).pk)
    expect(page.locator("#state")).to_have_text("Done")

    expect(page.get_by_text("Contacts in the file: 1.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.locator("#spoken")).to_have_text("Done")
    assert page.evaluate("window.same") is True
    before = len(asked)
    assert before > 0
    page.wait_for_timeout(2500)
    assert len(asked) == before
    assert complaints == []


@pytest.mark.slow
def test_its_file_is_downloaded(site: Site, visitor: Arrive, acme: Tenant, tmp_path: Path) -> None:
    page = visitor()
    exporting(page, site, acme)
    carry_out(acme, only_job(acme).pk)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    download.value.save_as(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["name"] for row in csv.DictReader(lines)] == ["Zanzibar Spice Ltd"]


@pytest.mark.slow
def test_the_button_that_has_the_focus_keeps_it(site: Site, visitor: Arrive, acme: Tenant) -> None:
    page = visitor()
    exporting(page, site, acme)
    page.get_by_role("button", name="Cancel").focus()
    with page.expect_response("**/progress/**"), page.expect_response("**/progress/**"):
        pass
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#state")).to_have_text("Cancelled")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#state")).to_have_text("Waiting")


@pytest.mark.slow
def test_without_script_the_page_loads_itself_anew(site: Site, without_script: Page, acme: Tenant) -> None:
    page = without_script
    exporting(page, site, acme)

    carry_out(acme, only_job(acme).pk)

    expect(page.locator("#state")).to_have_text("Done")
    expect(page.get_by_role("link", name="Download")).to_be_visible()


@pytest.mark.slow
def test_signed_out_elsewhere_the_page_leads_to_the_sign_in(
    site: Site, visitor: Arrive, acme: Tenant
) -> None:
    page = visitor()
    exporting(page, site, acme)

    with bound_to(acme):
        User.objects.get(email="sam@example.com").sessions.all().delete()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("#progress")).to_have_count(0)


@pytest.mark.slow
def test_a_failure_is_forgotten_once_following_goes_on(site: Site, visitor: Arrive, acme: Tenant) -> None:
    page = visitor()
    exporting(page, site, acme)
    page.route("**/progress/**", lambda route: route.fulfill(status=500))
    expect(page.get_by_role("alert").filter(has_text="Something went wrong on our side")).to_be_visible()
    page.unroute("**/progress/**")

    carry_out(acme, only_job(acme).pk)

    expect(page.locator("#state")).to_have_text("Done")
    expect(page.locator("#answers")).to_be_empty()
