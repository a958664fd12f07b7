"""A session that ends while its request is being answered: one goes to the sign-in, and nothing typed is lost."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.visits.visiting import PAGE

ENDING = "tests.visits.ending_meanwhile.EndsMeanwhile"
TYPED = {"name": "Tea & Co", "notes": "One\nTwo", "kind": "company", "version": "1"}


@pytest.fixture
def browser(acme: Tenant, alice: User, settings: Settings) -> Client:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, ENDING]
    return fleet.signed_in(acme, alice)


def names(acme: Tenant) -> list[str]:
    with bound_to(acme):
        return [*Contact.objects.values_list("name", flat=True)]


def test_a_page_leads_to_the_sign_in_and_back(browser: Client) -> None:
    answer = browser.get("/contacts/?q=tea", headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fcontacts%2F%3Fq%3Dtea")


def test_htmx_is_told_that_the_session_is_over(browser: Client) -> None:
    answer = browser.get("/contacts/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_form_that_was_carried_out_leads_by_the_sign_in_to_what_came_of_it(
    browser: Client, acme: Tenant
) -> None:
    answer = browser.post("/contacts/new/", TYPED, headers={"origin": f"http://{acme.primary_host}"})
    assert names(acme) == ["Tea & Co"]
    with bound_to(acme):
        made = Contact.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next=/contacts/{made.pk}/"


def test_of_a_form_that_was_refused_what_was_typed_comes_back(browser: Client, acme: Tenant) -> None:
    wrong = {**TYPED, "name": ""}
    answer = browser.post("/contacts/new/", wrong, headers={"origin": f"http://{acme.primary_host}"})
    page = answer.content.decode()
    assert (answer.status_code, "You were signed out, and nothing was saved" in page) == (403, True)
    assert "One\nTwo</textarea>" in page or "One\r\nTwo</textarea>" in page
    assert "csrfmiddlewaretoken" not in page
    assert names(acme) == []


def test_another_site_makes_nobody_read_what_it_typed(browser: Client, acme: Tenant) -> None:
    wrong = {**TYPED, "name": "", "notes": "Send us your password"}
    answer = browser.post("/contacts/new/", wrong, headers={"origin": "http://globex.localhost"})
    assert answer.status_code == 302
    assert "Send us" not in answer.content.decode()
