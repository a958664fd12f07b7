from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SecurityPolicy, Session, User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.support import fleet
from tests.visits.visiting import ago, change, is_open, key_of, row, sign_in


@pytest.mark.parametrize(
    ("column", "before", "after", "why", "words"),
    [
        ("last_seen_at", 59, 60, "idle", "because nothing was done for a while"),
        ("signed_in_at", 719, 720, "absolute", "as long as your organisation allows"),
    ],
    ids=["an hour of silence", "twelve hours in all"],
)
def test_a_session_ends_by_the_clock_and_says_why(
    *,
    acme: Tenant,
    alice: User,
    alice_client: Client,
    column: str,
    before: int,
    after: int,
    why: str,
    words: str,
) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(lock_minutes=720)
    change(acme, alice_client, **{column: ago(minutes=before)})
    assert alice_client.get("/contacts/").status_code == 200

    change(acme, alice_client, **{column: ago(minutes=after)})
    key, since = key_of(alice_client), newest(acme)
    answer = alice_client.get("/contacts/?q=tea")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/contacts/%3Fq%3Dtea")
    with bound_to(acme):
        assert not Session.objects.filter(pk=key).exists()
    assert lines(acme, since) == [
        Line("accounts.session_ended", "done", "anonymous", f"A session of Alice ended: {why}")
    ]
    assert words in alice_client.get(answer["Location"]).content.decode()
    assert words not in alice_client.get(answer["Location"]).content.decode()


def test_each_tenant_says_for_itself_how_long(
    acme: Tenant, alice_client: Client, globex: Tenant, mallory_client: Client
) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(idle_minutes=5, lock_minutes=720)
    with bound_to(globex):
        SecurityPolicy.objects.update(lock_minutes=720)
    change(acme, alice_client, last_seen_at=ago(minutes=6))
    change(globex, mallory_client, last_seen_at=ago(minutes=6))
    assert alice_client.get("/contacts/").status_code == 302
    assert mallory_client.get("/contacts/").status_code == 200


def test_operators_sessions_end_too(oscar_client: Client, catalog: None) -> None:
    change(CATALOG, oscar_client, last_seen_at=ago(minutes=61))
    assert oscar_client.get("/")["Location"] == "/sign-in/?next=/"


def test_a_part_of_a_page_is_told_that_the_session_is_over(acme: Tenant, alice_client: Client) -> None:
    change(acme, alice_client, last_seen_at=ago(minutes=61))
    assert alice_client.get("/contacts/", headers={"hx-request": "true"}).status_code == 401
    assert "because nothing was done" in alice_client.get("/sign-in/").content.decode()


def test_what_a_page_asks_for_by_itself_keeps_nobody_awake(acme: Tenant, alice_client: Client) -> None:
    seen = ago(minutes=4)
    change(acme, alice_client, last_seen_at=seen)
    alice_client.get("/contacts/", headers={"amana-by-itself": "1"})
    assert row(acme, alice_client).last_seen_at == seen
    alice_client.get("/contacts/")
    assert row(acme, alice_client).last_seen_at > seen


def test_a_visitor_who_is_nobody_is_not_timed(acme: Tenant, acme_client: Client) -> None:
    acme_client.get("/sign-in/")
    key = key_of(acme_client)
    change(acme, acme_client, last_seen_at=ago(hours=20))
    since = newest(acme)
    acme_client.get("/sign-in/")
    assert key_of(acme_client) == key
    assert lines(acme, since) == []


def test_the_timeouts_come_with_the_sessions_own_query(acme: Tenant, alice_client: Client) -> None:
    alice_client.get("/here/")
    with CaptureQueriesContext(connections[acme.place.alias]) as asked:
        assert alice_client.get("/here/").status_code == 204
    told = [query["sql"] for query in asked.captured_queries if "SELECT" in query["sql"]]
    assert len([sql for sql in told if "accounts_session" in sql]) == 1
    assert len(told) == 2, "the session and its person, and no third query"


def test_sessions_that_no_browser_came_back_with_end_at_the_next_sign_in(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    other = fleet.signed_in(acme, alice)
    change(acme, other, last_seen_at=ago(hours=3))
    since = newest(acme)
    sign_in(acme, Client(SERVER_NAME=acme.primary_host), alice)
    assert not is_open(acme, other)
    assert is_open(acme, alice_client)
    assert "A session of Alice ended: idle" in [line.sentence for line in lines(acme, since)]


@pytest.mark.parametrize("column", ["last_seen_at", "signed_in_at"])
def test_the_same_cookie_is_of_no_use_again(acme: Tenant, alice_client: Client, column: str) -> None:
    key, long_gone = key_of(alice_client), ago(hours=13)
    columns: dict[str, datetime] = {column: long_gone}
    change(acme, alice_client, **columns)
    alice_client.get("/contacts/")
    again = Client(SERVER_NAME=acme.primary_host)
    again.cookies["amana"] = key
    answers: list[Any] = [again.get("/contacts/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
