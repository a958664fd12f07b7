from unittest.mock import patch

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import Authenticator, code_for, give_device

PAIR = {"email": "alice@acme.example", "password": PASSWORD}
REFUSED = "don&#x27;t belong together"


@pytest.fixture
def phone(acme: Tenant, alice: User) -> Authenticator:
    with bound_to(acme):
        return give_device(alice)


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_the_page_names_the_tenant_and_needs_no_sign_in(acme_client: Client) -> None:
    page = acme_client.get("/sign-in/")
    assert page.status_code == 200
    assert "Acme" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_whoever_isnt_signed_in_is_sent_here_and_back(
    acme: Tenant, acme_client: Client, alice: User, phone: Authenticator
) -> None:
    sent = acme_client.get("/contacts/?q=tea")
    assert (sent.status_code, sent["Location"]) == (302, "/sign-in/?next=/contacts/%3Fq%3Dtea")
    asked = acme_client.post(sent["Location"], PAIR)
    assert asked["Location"] == "/second-factor/?next=/contacts/%3Fq%3Dtea"
    code = code_for(acme, alice.email)
    assert acme_client.post(asked["Location"], {"code": code})["Location"] == "/contacts/?q=tea"


def test_alice_signs_in(acme: Tenant, acme_client: Client, alice: User, phone: Authenticator) -> None:
    asked = acme_client.post("/sign-in/", PAIR | {"email": "Alice@ACME.example"})
    assert (asked.status_code, asked["Location"]) == (302, "/second-factor/")
    with bound_to(acme):
        assert signed_in_as(acme_client) is None
    answer = acme_client.post("/second-factor/", {"code": phone.code()})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    with bound_to(acme):
        assert signed_in_as(acme_client) == str(alice.pk)
        alice.refresh_from_db()
    assert alice.last_login is not None


@pytest.mark.parametrize(
    "typed",
    [PAIR | {"password": "wrong"}, PAIR | {"email": "nobody@acme.example"}],
    ids=["wrong password", "unknown address"],
)
def test_a_wrong_pair_is_refused_in_the_same_words(
    acme_client: Client, alice: User, typed: dict[str, str]
) -> None:
    page = acme_client.post("/sign-in/", typed)
    assert page.status_code == 422
    assert REFUSED in page.content.decode()
    assert typed["email"] in page.content.decode()
    assert "sessionid" not in page.cookies


def test_nothing_typed_is_answered_field_by_field(acme_client: Client) -> None:
    page = acme_client.post("/sign-in/", {})
    assert page.status_code == 422
    assert page.content.decode().count("This field is required.") == 2


def test_a_deactivated_user_is_refused_and_loses_the_session(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(is_active=False)
    assert alice_client.get("/contacts/")["Location"].startswith("/sign-in/")
    assert alice_client.post("/sign-in/", PAIR).status_code == 422


def test_an_invited_user_without_password_is_refused(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        User.objects.invite("carol@acme.example", "Carol")
    assert acme_client.post("/sign-in/", {"email": "carol@acme.example", "password": ""}).status_code == 422
    assert acme_client.post("/sign-in/", {"email": "carol@acme.example", "password": "!"}).status_code == 422


def test_mallory_of_globex_is_nobody_at_acme(acme_client: Client, mallory: User) -> None:
    assert acme_client.post("/sign-in/", {"email": mallory.email, "password": PASSWORD}).status_code == 422


def test_an_unknown_address_costs_as_much_as_a_known_one(acme_client: Client, alice: User) -> None:
    with patch("django.contrib.auth.hashers.Argon2PasswordHasher.encode", return_value="!") as hashed:
        acme_client.post("/sign-in/", PAIR | {"email": "nobody@acme.example"})
    assert hashed.call_count == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_never_leads_off_the_site(acme: Tenant, acme_client: Client, elsewhere: str) -> None:
    with bound_to(acme):
        fleet.add_user("carol@acme.example", "Carol", "accountant")
    answer = acme_client.post(f"/sign-in/?next={elsewhere}", PAIR | {"email": "carol@acme.example"})
    assert answer["Location"] == "/"
    assert acme_client.get("/contacts/").status_code == 200


def test_who_is_signed_in_goes_straight_on(alice_client: Client) -> None:
    assert alice_client.get("/sign-in/?next=/contacts/")["Location"] == "/contacts/"
