"""A form whose session has ended: what was typed comes back, and what is secret doesn't."""

import re

import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

TYPED = {"name": "Tea <b>& Co", "notes": "One\nTwo", "company": "0197fe1c-7a3b-7c55-9d1e-000000000001"}
SECRET = {
    "new_password": "hunter2",
    "csrfmiddlewaretoken": "abcdef",
    "api_token": "t0ken",
    "secret": "s3cret",
}


@pytest.fixture
def browser(acme: Tenant) -> Client:
    return Client(SERVER_NAME=acme.primary_host, enforce_csrf_checks=True)


def send(client: Client, tenant: Tenant, path: str = "/contacts/new/", **headers: str) -> tuple[int, str]:
    own = {"origin": f"http://{tenant.primary_host}", **headers}
    response = client.post(path, TYPED | SECRET, headers=own)
    assert "no-store" in response["Cache-Control"]
    with bound_to(tenant):
        assert not Contact.objects.exists()
    return response.status_code, response.content.decode()


def test_what_was_typed_comes_back_escaped_and_without_secrets(acme: Tenant, browser: Client) -> None:
    status, page = send(browser, acme)
    assert status == 403
    assert "You were signed out, and nothing was saved" in page
    assert 'name="name" value="Tea &lt;b&gt;&amp; Co"' in page
    assert "One\r\nTwo</textarea>" in page or "One\nTwo</textarea>" in page
    assert 'type="hidden" name="company"' in page
    assert not [value for value in SECRET.values() if value in page]
    assert "csrfmiddlewaretoken" not in page
    assert 'href="/sign-in/" target="_blank" rel="noopener"' in page


def test_whoever_is_signed_in_again_sends_it_once_more(acme: Tenant, browser: Client, alice: User) -> None:
    with bound_to(acme):
        fleet.let_in(browser, alice)
    status, page = send(browser, acme)
    assert (status, "Not saved yet" in page) == (403, True)
    assert 'type="submit"' not in page  # without its secrets it is there to be copied only
    page = browser.post(
        "/contacts/new/", TYPED, headers={"origin": f"http://{acme.primary_host}"}
    ).content.decode()
    assert "Send it again" in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token

    kept = {"name": TYPED["name"], "kind": "company", "version": "1", "csrfmiddlewaretoken": token[1]}
    browser.post("/contacts/new/", kept, headers={"origin": f"http://{acme.primary_host}"})

    with bound_to(acme):
        assert [*Contact.objects.values_list("name", flat=True)] == [TYPED["name"]]


@pytest.mark.parametrize(
    ("path", "origin"),
    [("/contacts/new/", "http://evil.example"), ("/contacts/new/", ""), ("/sign-in/", None)],
    ids=["another site's", "of unknown origin", "the sign-in's own"],
)
def test_nothing_comes_back_of_a_form_that_is(
    acme: Tenant, browser: Client, path: str, origin: str | None
) -> None:
    headers = {} if origin is None else {"origin": origin}
    status, page = send(browser, acme, path, **headers)
    assert (status, "This form is no longer valid" in page) == (403, True)
    assert "Tea" not in page


def test_a_part_of_a_page_is_told_that_the_session_is_over(acme: Tenant, browser: Client) -> None:
    assert send(browser, acme, **{"hx-request": "true"}) == (401, "")


def test_so_much_is_not_given_back_whole(acme: Tenant, browser: Client) -> None:
    origin = {"origin": f"http://{acme.primary_host}"}
    page = browser.post("/contacts/new/", {"name": "Dora", "notes": "x" * 600_000}, headers=origin)
    assert 'value="Dora"' in page.content.decode()
    assert len(page.content) < 10_000
    assert 'type="submit"' not in page.content.decode()
