"""One's own security page, and whoever may look after the sessions of others."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.granting import grant
from accounts.models import Role, User
from accounts.visits.agents import in_words
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.visits.visiting import ago, change, is_open, row, sign_in


def test_the_page_lists_where_she_is_signed_in_this_browser_first(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    sign_in(acme, Client(SERVER_NAME=acme.primary_host), alice)
    change(acme, alice_client, last_seen_at=ago(minutes=10), agent="", ip="203.0.113.7")
    text = alice_client.get("/security/").content.decode()
    assert text.index("this one") < text.index("Firefox on Linux")
    assert "203.0.113.7" in text
    assert text.count("With password and second factor") == 2
    assert text.count("/end/") == 1, "this one is signed out by the usual way"
    assert "Sign out everywhere else" in text


def test_sessions_that_are_over_are_not_listed(acme: Tenant, alice: User, alice_client: Client) -> None:
    other = fleet.signed_in(acme, alice)
    change(acme, other, last_seen_at=ago(hours=2))
    text = alice_client.get("/security/").content.decode()
    assert "/end/" not in text
    assert "Sign out everywhere else" not in text


def test_she_signs_out_another_browser_of_hers(acme: Tenant, alice: User, alice_client: Client) -> None:
    other = Client(SERVER_NAME=acme.primary_host)
    sign_in(acme, other, alice)
    since = newest(acme)
    answer = alice_client.post(f"/security/sessions/{row(acme, other).handle}/end/")
    assert (answer.status_code, answer["Location"]) == (302, "/security/")
    assert other.get("/contacts/").status_code == 302
    assert alice_client.get("/contacts/").status_code == 200
    assert lines(acme, since) == [
        Line(
            "accounts.session_revoked",
            "done",
            f"user:{alice.pk}",
            "Alice was signed out of a browser: Firefox on Linux",
        )
    ]


def test_she_signs_out_everywhere_else(acme: Tenant, alice: User, bob: User, alice_client: Client) -> None:
    others = [fleet.signed_in(acme, alice) for _ in range(2)]
    bobs = fleet.signed_in(acme, bob)
    since = newest(acme)
    alice_client.post("/security/sessions/end-others/")
    assert [is_open(acme, client) for client in (*others, alice_client, bobs)] == [False, False, True, True]
    assert lines(acme, since)[0].sentence == "Alice was signed out of other browsers; how many: 2"


def test_nobody_ends_the_session_of_another_by_their_own_page(
    *, acme: Tenant, globex: Tenant, alice: User, bob: User, alice_client: Client, mallory_client: Client
) -> None:
    bobs = fleet.signed_in(acme, bob)
    handle, since = row(acme, bobs).handle, newest(acme)
    assert alice_client.post(f"/security/sessions/{handle}/end/").status_code == 404
    for path in (f"/security/sessions/{handle}/end/", f"/people/{bob.pk}/sessions/{handle}/end/"):
        assert mallory_client.post(path).status_code == 404
    assert mallory_client.post(f"/people/{bob.pk}/sessions/end/").status_code == 404
    assert mallory_client.get(f"/people/{bob.pk}/sessions/").status_code == 404
    assert is_open(acme, bobs)
    assert lines(acme, since) == []


def test_a_key_is_on_no_page(acme: Tenant, alice: User, bob: User, alice_client: Client) -> None:
    bobs = fleet.signed_in(acme, bob)
    for path in ("/security/", f"/people/{bob.pk}/sessions/"):
        text = alice_client.get(path).content.decode()
        assert bobs.cookies["amana"].value not in text
        assert alice_client.cookies["amana"].value not in text


def test_whoever_may_ends_the_sessions_of_others(
    acme: Tenant, alice: User, bob: User, alice_client: Client
) -> None:
    one, two = fleet.signed_in(acme, bob), fleet.signed_in(acme, bob)
    page = alice_client.get(f"/people/{bob.pk}/sessions/")
    assert page.status_code == 200
    assert page.content.decode().count("/end/") == 3
    since = newest(acme)
    one_ended = alice_client.post(f"/people/{bob.pk}/sessions/{row(acme, one).handle}/end/")
    assert one_ended["Location"] == f"/people/{bob.pk}/sessions/"
    assert [is_open(acme, client) for client in (one, two)] == [False, True]
    alice_client.post(f"/people/{bob.pk}/sessions/end/")
    assert not is_open(acme, two)
    assert two.get("/contacts/").status_code == 302
    told = [line for line in lines(acme, since) if line.action.startswith("accounts.session")]
    assert [line.action for line in told] == ["accounts.session_revoked", "accounts.sessions_revoked"]
    assert {line.actor for line in told} == {f"user:{alice.pk}"}


def test_it_is_confirmed_first(acme: Tenant, bob: User, alice_client: Client) -> None:
    bobs = fleet.signed_in(acme, bob)
    change(acme, alice_client, confirmed_at=ago(minutes=6))
    path = f"/people/{bob.pk}/sessions/{row(acme, bobs).handle}/end/"
    assert alice_client.post(path).status_code == 403
    assert is_open(acme, bobs)
    assert alice_client.post(path, {"proof": PASSWORD}).status_code == 302
    assert not is_open(acme, bobs)


def test_bob_sees_and_ends_nobody_elses(acme: Tenant, alice: User, bob: User, alice_client: Client) -> None:
    bobs = fleet.signed_in(acme, bob)
    assert bobs.get(f"/people/{alice.pk}/sessions/").status_code == 403
    for path in ("end/", f"{row(acme, alice_client).handle}/end/"):
        assert bobs.post(f"/people/{alice.pk}/sessions/{path}").status_code == 403
    assert is_open(acme, alice_client)


def test_an_auditor_sees_them_and_ends_none(
    acme: Tenant, alice: User, bob: User, alice_client: Client
) -> None:
    with bound_to(acme):
        grant(bob, Role.objects.get(code="auditor"), by=None)
    bobs = fleet.signed_in(acme, bob)
    page = bobs.get(f"/people/{alice.pk}/sessions/")
    assert page.status_code == 200
    assert "/end/" not in page.content.decode()
    assert bobs.post(f"/people/{alice.pk}/sessions/end/").status_code == 403
    assert is_open(acme, alice_client)


def test_operators_have_the_same_pages(oscar: User, oscar_client: Client) -> None:
    assert oscar_client.get("/security/").status_code == 200
    assert oscar_client.get(f"/people/{oscar.pk}/sessions/").status_code == 200
    oscar_client.post(f"/people/{oscar.pk}/sessions/end/")
    assert not is_open(CATALOG, oscar_client)


def test_a_session_that_nobody_has_is_not_found(alice_client: Client) -> None:
    assert alice_client.post(f"/security/sessions/{uuid4()}/end/").status_code == 404


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
            "Safari/537.36 Edg/142.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/142.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
            "Safari/605.1.15",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (Linux; Android 15; SM-S921B) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "A browser that doesn't say its name"),
        ("", "A browser that doesn't say its name"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_what_a_browser_calls_itself_is_shown_as_text(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    """And only as much of it as is known here."""
    sign_in(acme, Client(SERVER_NAME=acme.primary_host), alice, agent="<script>alert(1)</script>" * 50)
    text = alice_client.get("/security/").content.decode()
    assert "alert(1)" not in text
    assert "doesn&#x27;t say its name" in text
