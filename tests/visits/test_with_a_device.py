"""Whoever has an app that shows codes confirms with that, and may unlock with either."""

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.access.fingerprints import fingerprint
from tests.conftest import PASSWORD
from tests.support.authenticator import Authenticator, give_device
from tests.visits.visiting import ago, change, is_open, row

EXPORT = "/contacts/export/"


@pytest.fixture
def phone(acme: Tenant, alice: User) -> Authenticator:
    """Alice's."""
    with bound_to(acme):
        return give_device(alice)


@pytest.fixture
def unproved(acme: Tenant, alice_client: Client, phone: Authenticator) -> Client:
    change(acme, alice_client, confirmed_at=ago(minutes=6))
    return alice_client


def test_the_password_is_not_enough_to_confirm(acme: Tenant, unproved: Client) -> None:
    before = row(acme, unproved).confirmed_at
    page = unproved.post(EXPORT, {"note": "kept", "proof": PASSWORD})
    assert page.status_code == 422
    assert "The code that your app shows now" in page.content.decode()
    assert 'value="kept"' in page.content.decode()
    assert row(acme, unproved).confirmed_at == before


def test_a_code_confirms_once(acme: Tenant, unproved: Client, phone: Authenticator) -> None:
    code = phone.code()
    assert unproved.post(EXPORT, {"proof": code}).status_code == 302
    change(acme, unproved, confirmed_at=ago(minutes=6))
    again = unproved.post(EXPORT, {"proof": code})
    assert (again.status_code, "was used already" in again.content.decode()) == (422, True)


def test_the_code_of_somebody_elses_phone_confirms_nothing(
    acme: Tenant, globex: Tenant, bob: User, mallory: User, unproved: Client
) -> None:
    with bound_to(acme):
        bobs = give_device(bob)
    with bound_to(globex):
        mallorys = give_device(mallory)
    before = fingerprint(acme)["jobs_job"]
    for other in (bobs, mallorys):
        assert unproved.post(EXPORT, {"proof": other.code()}).status_code in {422, 429}
        assert fingerprint(acme)["jobs_job"] == before


def test_many_wrong_codes_have_to_wait_and_end_no_session(
    acme: Tenant, unproved: Client, phone: Authenticator
) -> None:
    answers = [unproved.post("/confirm/", {"proof": "000000"}) for _ in range(8)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert is_open(acme, unproved)
    assert row(acme, unproved).confirmed_at < ago(minutes=5)  # type: ignore[operator]


@pytest.mark.parametrize("by", ["password", "code"])
def test_the_lock_opens_by_either(acme: Tenant, alice_client: Client, phone: Authenticator, by: str) -> None:
    change(acme, alice_client, locked_at=ago(minutes=1))
    proof = PASSWORD if by == "password" else phone.code()
    assert (
        alice_client.post("/locked/", {"proof": f" {proof} " if by == "code" else proof}).status_code == 302
    )
    assert row(acme, alice_client).locked_at is None
