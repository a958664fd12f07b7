"""How a visit begins, and under which key it goes on."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.exceptions import SessionInterrupted
from django.test import Client

from accounts.granting import grant
from accounts.models import Role, Session, User
from accounts.sessions import SessionStore
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.visits.visiting import FIREFOX, PAGE, ago, change, key_of, row, sign_in


def test_a_session_knows_where_it_began(acme: Tenant, acme_client: Client, alice: User) -> None:
    acme_client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    sign_in(acme, acme_client, alice)
    session = row(acme, acme_client)
    assert (session.ip, session.agent) == ("127.0.0.1", FIREFOX)
    assert session.signed_in_at == session.confirmed_at == session.last_seen_at


def test_a_key_that_was_fixed_before_is_worthless_after(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    """Mallory gives Alice's browser a session that she knows, and waits."""
    mallorys = Client(SERVER_NAME=acme.primary_host)
    mallorys.get("/sign-in/")
    acme_client.cookies["amana"] = key_of(mallorys)
    sign_in(acme, acme_client, alice)
    assert key_of(acme_client) != key_of(mallorys)
    assert mallorys.get("/contacts/").status_code == 302
    assert acme_client.get("/contacts/").status_code == 200


def test_signing_in_over_a_session_ends_it(acme: Tenant, alice_client: Client, alice: User) -> None:
    change(acme, alice_client, locked_at=ago(minutes=1))
    before = row(acme, alice_client)
    sign_in(acme, alice_client, alice)
    with bound_to(acme):
        assert not Session.objects.filter(handle=before.handle).exists()
    assert row(acme, alice_client).locked_at is None
    assert row(acme, alice_client).factor_at > before.factor_at  # type: ignore[operator]


def test_a_new_right_brings_a_new_key_at_the_next_request(acme: Tenant, bob: User) -> None:
    client = fleet.signed_in(acme, bob)
    client.get("/contacts/")
    before, handle = key_of(client), row(acme, client).handle
    client.get("/contacts/")
    assert key_of(client) == before
    with bound_to(acme):
        grant(bob, Role.objects.get(code="accountant"), by=None)
    client.get("/contacts/")
    assert key_of(client) == before, "an accountant may do nothing that Bob might not"
    with bound_to(acme):
        grant(bob, Role.objects.get(code="auditor"), by=None)
    client.get("/contacts/")
    assert key_of(client) != before
    assert row(acme, client).handle == handle
    stolen = Client(SERVER_NAME=acme.primary_host)
    stolen.cookies["amana"] = before
    assert stolen.get("/contacts/").status_code == 302


def test_a_session_that_was_ended_meanwhile_does_not_come_back_by_a_new_key(
    acme: Tenant, alice: User
) -> None:
    client = fleet.signed_in(acme, alice)
    with bound_to(acme):
        store = SessionStore(key_of(client))
        assert SESSION_KEY in store
        Session.objects.filter(pk=key_of(client)).delete()
        with pytest.raises(SessionInterrupted):
            store.cycle_key()
        assert store.rotate() is False
        assert not Session.objects.exists()


def test_signing_out_tells_the_browser_to_forget_but_not_its_cookies(alice_client: Client) -> None:
    assert alice_client.post("/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in alice_client.get("/sign-in/", headers=PAGE)


def test_a_cookie_of_acme_opens_nothing_at_globex(alice_client: Client, globex_client: Client) -> None:
    globex_client.cookies["amana"] = key_of(alice_client)
    for page in ("/contacts/", "/security/", "/confirm/", "/here/"):
        assert globex_client.get(page).status_code == 302
    assert globex_client.get("/locked/")["Location"].startswith("/sign-in/")
    assert globex_client.post("/lock/").status_code == 302
    assert alice_client.get("/contacts/").status_code == 200
