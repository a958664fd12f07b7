"""Without JavaScript: whatever is read, and every plain form, at a tenant and at the operator site."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from business.contacts.models import Contact
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.browser.people import enter, person_at
from tests.browser.site import Site


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Acme")
    sam = person_at(tenant, "sam@example.com")
    with bound_to(tenant):
        Contact(name="Dora Quill").create(by=sam)
        Contact(name="Zanzibar Spice Ltd", kind="company").create(by=sam)
    return tenant


@pytest.fixture
def page(without_script: Page, site: Site, acme: Tenant) -> Page:
    """Sam has signed in."""
    enter(without_script, site, acme.primary_host, "sam@example.com")
    return without_script


def names_in_the_list(page: Page) -> list[str]:
    return [name.strip() for name in page.locator("main tbody th").get_by_role("link").all_inner_texts()]


def test_a_wrong_password_is_told(site: Site, without_script: Page, acme: Tenant) -> None:
    without_script.goto(site.at(acme.primary_host))
    without_script.locator("[name=email]").fill("sam@example.com")
    without_script.locator("[name=password]").fill("not it at all")
    without_script.get_by_role("button", name="Sign in").click()
    expect(without_script.get_by_role("alert")).to_be_visible()
    expect(without_script.locator("[name=email]")).to_have_value("sam@example.com")


@pytest.mark.slow
def test_the_list_is_read_searched_and_filtered(page: Page) -> None:
    assert names_in_the_list(page) == ["Dora Quill", "Zanzibar Spice Ltd"]

    page.get_by_role("button", name="Filter", exact=True).click()
    page.locator("#filter-menu summary", has_text="Kind").click()
    page.locator("#filter-menu [name=kind]").select_option("company")
    page.locator("#filter-menu details[open] [type=submit]").click()
    page.wait_for_url("**kind=company**")
    assert names_in_the_list(page) == ["Zanzibar Spice Ltd"]

    page.get_by_role("link", name="Remove this filter").click()
    expect(page.get_by_role("link", name="Dora Quill")).to_be_visible()
    page.locator("main [name=q]").fill("dora")
    page.locator("main").get_by_role("button", name="Search").click()
    page.wait_for_url("**q=dora**")
    assert names_in_the_list(page) == ["Dora Quill"]


def test_a_contact_is_added_and_what_is_wrong_is_told_at_its_field(page: Page) -> None:
    page.locator("main").get_by_role("link", name="New contact").first.click()
    page.locator("main [name=email]").fill("nobody")
    page.get_by_role("button", name="Save").click()

    name, email = page.locator("main [name=name]"), page.locator("main [name=email]")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Give this contact a name.")
    expect(email).to_have_value("nobody")

    name.fill("Tea & Co")
    email.fill("tea@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="Tea & Co")).to_be_visible()


@pytest.mark.slow
def test_a_contact_is_opened_and_changed(page: Page, acme: Tenant) -> None:
    page.locator("main").get_by_role("link", name="Dora Quill").click()
    page.locator("main").get_by_role("link", name="Edit").click()
    page.locator("main [name=city]").fill("York")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1, name="Dora Quill")).to_be_visible()
    with bound_to(acme):
        assert Contact.objects.get(name="Dora Quill").city == "York"


def test_a_contact_is_put_away_and_taken_out_again(page: Page) -> None:
    page.locator("main").get_by_role("link", name="Dora Quill").click()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Archive")).to_be_visible()


@pytest.mark.slow
def test_contacts_are_exported_and_the_file_is_fetched(page: Page, acme: Tenant, tmp_path: Path) -> None:
    page.get_by_role("button", name="Export").click()
    expect(page.locator("#state")).to_have_text("Waiting")
    with bound_to(acme):
        job = Job.objects.get()
    carry_out(acme, job.pk)
    expect(page.locator("#state")).to_have_text("Done")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    download.value.save_as(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["name"] for row in csv.DictReader(lines)] == ["Dora Quill", "Zanzibar Spice Ltd"]


@pytest.mark.slow
def test_a_persons_language_stays_from_page_to_page(page: Page, site: Site, acme: Tenant) -> None:
    with bound_to(acme):
        User.objects.filter(email="sam@example.com").update(language="ar")
    for path in ("/contacts/", "/contacts/new/", "/jobs/"):
        page.goto(site.at(acme.primary_host, path))
        expect(page.locator("html")).to_have_attribute("lang", "ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")


@pytest.mark.slow
def test_operators_read_and_are_told_what_is_wrong_with_a_new_tenant(
    site: Site, without_script: Page, cast: dict[str, Tenant], acme: Tenant
) -> None:
    page = without_script
    enter(page, site, settings.AMANA_OPERATOR_HOST, "oscar@amana.example")
    page.goto(site.at(settings.AMANA_OPERATOR_HOST, f"/?q={acme.slug}"))
    page.locator("main").get_by_role("link", name="Acme").click()
    expect(page.get_by_role("heading", level=1, name="Acme")).to_be_visible()

    page.goto(site.at(settings.AMANA_OPERATOR_HOST, "/tenants/new/"))
    page.locator("main [name=name]").fill("Initech")
    page.locator("main [name=slug]").fill("-")
    page.get_by_role("button", name="Set up").click()
    expect(page.locator("main [name=slug]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("main [name=owner_email]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("main [name=name]")).to_have_value("Initech")
