"""A factor that is owed in mid-session: whoever signed in a while ago proves again who they are before they get one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.granting import grant
from accounts.models import Role, Session, TotpDevice, User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import lines, newest
from tests.conftest import PASSWORD
from tests.second_factor.test_setting_up import key_on, two_codes
from tests.support import fleet
from tests.support.authenticator import Authenticator
from tests.visits.visiting import ago, change, is_open

PAGE = "/second-factor/set-up/?next=/contacts/"


@pytest.fixture
def carol(acme: Tenant) -> User:
    with bound_to(acme):
        return fleet.add_user("carol@acme.example", "Carol", "accountant")


@pytest.fixture
def owing(acme: Tenant, acme_client: Client, carol: User) -> Client:
    """Carol signed in ten minutes ago without a factor, and has been given a role that asks for one."""
    acme_client.post("/sign-in/", {"email": carol.email, "password": PASSWORD})
    assert acme_client.get("/contacts/").status_code == 200
    with bound_to(acme):
        grant(carol, Role.objects.get(code="order_manager"), by=None)
    change(acme, acme_client, confirmed_at=ago(minutes=10))
    assert acme_client.get("/contacts/")["Location"] == PAGE
    return acme_client


def devices(acme: Tenant) -> int:
    with bound_to(acme):
        return TotpDevice.objects.count()


def test_the_password_is_asked_for_first_and_then_she_sets_it_up(
    acme: Tenant, owing: Client, carol: User
) -> None:
    before, asked = newest(acme), owing.get(PAGE)
    text = asked.content.decode()
    assert (asked.status_code, 'type="password" id="proof"' in text) == (200, True)
    assert "data-copy" not in text, "no key is shown yet"
    assert devices(acme) == 0

    proved = owing.post(PAGE, {"proof": PASSWORD})

    assert (proved.status_code, proved["Location"]) == (302, PAGE)
    phone = Authenticator(key_on(owing, PAGE))
    assert owing.post(PAGE, two_codes(phone)).status_code == 200
    saved = owing.post("/recovery-codes/saved/?next=/contacts/", {"saved": "on"})
    assert saved["Location"] == "/contacts/"
    assert owing.get("/contacts/").status_code == 200
    assert [line.action for line in lines(acme, before)] == [
        "accounts.identity_confirmed",
        "accounts.factor_set_up",
        "accounts.recovery_codes_made",
    ]


def test_whoever_signed_in_just_now_is_not_asked_twice(acme: Tenant, owing: Client) -> None:
    change(acme, owing, confirmed_at=timezone.now() - timedelta(minutes=4))
    assert key_on(owing, PAGE)


def test_a_session_that_somebody_else_found_gets_no_device_of_theirs(acme: Tenant, owing: Client) -> None:
    """Nor by codes alone, nor by way of the page that confirms for others, nor by guessing on."""
    assert owing.post(PAGE, {"first_code": "123456", "second_code": "654321"}).status_code == 403
    assert owing.post("/confirm/", {"proof": PASSWORD}).status_code == 302
    for _ in range(4):
        assert owing.post(PAGE, {"proof": "hunter2hunter2"}).status_code == 422
    assert owing.post(PAGE, {"proof": "hunter2hunter2"})["Location"].startswith("/sign-in/")
    assert devices(acme) == 0
    assert not is_open(acme, owing)


def test_codes_that_were_typed_too_late_are_not_lost(acme: Tenant, owing: Client, carol: User) -> None:
    change(acme, owing, confirmed_at=timezone.now())
    typed = two_codes(Authenticator(key_on(owing, PAGE)))
    change(acme, owing, confirmed_at=ago(minutes=6))

    asked = owing.post(PAGE, typed)

    assert asked.status_code == 403
    assert f'name="first_code" value="{typed["first_code"]}"' in asked.content.decode()
    done = owing.post(PAGE, {**typed, "proof": PASSWORD})
    assert (done.status_code, "recovery-codes" in done.content.decode()) == (200, True)
    with bound_to(acme):
        assert TotpDevice.objects.get().user == carol
        assert Session.objects.get(user=carol).factor_at is not None


def test_an_operator_whose_device_was_taken_away_is_asked_too(
    catalog: None, operator_client: Client, oscar: User
) -> None:
    with bound_to(CATALOG):
        operator_client.force_login(oscar)
    change(CATALOG, operator_client, confirmed_at=ago(minutes=10))
    assert 'name="proof"' in operator_client.get("/second-factor/set-up/").content.decode()
    with bound_to(CATALOG):
        assert not TotpDevice.objects.filter(user=oscar).exists()
