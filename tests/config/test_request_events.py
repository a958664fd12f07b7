"""Refused and failed requests leave an event that says which page it was, and nothing that was in its address."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from accounts.models import User
from tenants.binding import CATALOG
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest, security_events


@pytest.fixture(autouse=True)
def _pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.audit.urls"):
        yield


@pytest.fixture
def client(alice_client: Client) -> Client:
    alice_client.raise_request_exception = False
    return alice_client


def test_a_page_that_she_may_not_see(acme: Tenant, alice: User, client: Client) -> None:
    before = newest(acme)
    assert client.get("/forbidden/?secret=hunter2").status_code == 403
    who = f"user:{alice.pk}"
    words = f"{who} may not do this: GET /forbidden/"
    assert lines(acme, before) == [Line("requests.permission_denied", "refused", who, words)]


def test_a_form_that_is_not_from_our_page(acme: Tenant) -> None:
    before = newest(acme)
    stranger = Client(SERVER_NAME=acme.primary_host, enforce_csrf_checks=True)
    answer = stranger.post("/sign-in/", {"email": "alice@acme.example", "password": "hunter2"})
    assert (answer.status_code, "CSRF" in answer.content.decode()) == (403, False)
    words = "A form that anonymous sent didn't come from our page: POST /sign-in/"
    assert lines(acme, before) == [Line("requests.form_unproved", "refused", "anonymous", words)]


def test_a_page_that_reaches_for_anothers_rows(acme: Tenant, alice: User, client: Client) -> None:
    before = newest(acme)
    assert client.get("/crossing/").status_code == 500
    assert [line[:3] for line in lines(acme, before)] == [
        ("requests.tenant_crossed", "refused", f"user:{alice.pk}")
    ]


def test_a_page_that_fails_is_told_by_its_pattern_and_the_type_of_the_error(
    acme: Tenant, alice: User, client: Client
) -> None:
    before = newest(acme)
    assert client.get("/raising/hunter2/").status_code == 500
    who = f"user:{alice.pk}"
    words = f"{who} got no answer from GET /raising/<str:secret>/ (ZeroDivisionError)"
    assert lines(acme, before) == [Line("requests.answered", "failed", who, words)]
    assert "hunter2" not in str(security_events(acme, before))


def test_where_nobody_is_bound_there_is_no_log_and_no_trouble(catalog: None, acme: Tenant) -> None:
    before, at_acme = newest(CATALOG), newest(acme)
    assert Client(SERVER_NAME="unheard-of.example").get("/forbidden/").status_code == 404
    assert Client(SERVER_NAME="localhost").get("/nothing/").status_code == 404
    assert (lines(CATALOG, before), lines(acme, at_acme)) == ([], [])
