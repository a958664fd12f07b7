"""A device is set up by whoever owes one before anything else opens, and by others when they like."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import RecoveryCode, Session, TotpDevice, User
from accounts.second_factor.enrolling import address_of, drift_shown
from accounts.second_factor.time_steps import step_now
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import Authenticator, give_device

HalfIn = Callable[[], Client]
PAGE = "/second-factor/set-up/"
CODE = re.compile(r"<code>((?:[0-9a-z]{4}-){5}[0-9a-z]{4})</code>")


def key_on(client: Client, page: str = PAGE) -> str:
    found = re.search(r'data-copy="([A-Z2-7]{32})"', client.get(page).content.decode())
    assert found
    return found[1]


def two_codes(phone: Authenticator) -> dict[str, str]:
    second = phone.code()
    return {"first_code": phone.code(later=-1), "second_code": second}


def test_alice_sets_it_up_and_is_in_after_saving_the_codes(
    acme: Tenant, half_in: HalfIn, alice: User
) -> None:
    client, before = half_in(), newest(acme)
    assert client.get("/contacts/")["Location"].startswith("/sign-in/")
    phone = Authenticator(key_on(client))
    page = client.get(PAGE).content.decode()
    assert "<span>" + "</span> <span>".join(re.findall("....", phone.key)) + "</span>" in page
    assert 'style="' not in page

    shown = client.post(PAGE, two_codes(phone))

    assert shown.status_code == 200
    codes = CODE.findall(shown.content.decode())
    assert len(set(codes)) == 10
    with bound_to(acme):
        device = TotpDevice.objects.get()
        assert (device.confirmed, device.user, device.key) == (True, alice, phone.key)
        assert (device.drift, device.last_step) == (0, step_now())
        assert Session.objects.get(user=alice).factor_at is not None
    assert client.get("/contacts/")["Location"] == "/recovery-codes/?next=/contacts/"

    assert client.post("/recovery-codes/saved/?next=/contacts/", {"saved": "on"})["Location"] == "/contacts/"
    assert client.get("/contacts/").status_code == 200
    assert [(line.action, line.actor) for line in lines(acme, before)][:3] == [
        ("accounts.factor_set_up", f"user:{alice.pk}"),
        ("accounts.signed_in", f"user:{alice.pk}"),
        ("accounts.recovery_codes_made", f"user:{alice.pk}"),
    ]


def test_the_next_sign_in_asks_for_it(acme: Tenant, half_in: HalfIn, acme_client: Client) -> None:
    client = half_in()
    client.post(PAGE, two_codes(Authenticator(key_on(client))))
    answer = fleet.client_of(acme.primary_host).post(
        "/sign-in/", {"email": "alice@acme.example", "password": PASSWORD}
    )
    assert answer["Location"] == "/second-factor/"


@pytest.mark.parametrize(
    "given", [(0, 0), (0, -1), (-2, 0), (5, 6), (40, 41)], ids=["same", "turned", "gap", "ahead", "far ahead"]
)
def test_anything_but_two_codes_in_a_row_sets_nothing_up(
    acme: Tenant, half_in: HalfIn, given: tuple[int, int]
) -> None:
    client = half_in()
    phone = Authenticator(key_on(client))
    answer = client.post(
        PAGE, {"first_code": phone.code(later=given[0]), "second_code": phone.code(later=given[1])}
    )
    assert answer.status_code == 422
    with bound_to(acme):
        assert not TotpDevice.objects.filter(confirmed=True).exists()
        assert not RecoveryCode.objects.exists()
    assert client.get("/contacts/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("ahead", [-4, 3])
def test_a_clock_that_isnt_ours_must_show_so_twice(acme: Tenant, half_in: HalfIn, ahead: int) -> None:
    client = half_in()
    phone = Authenticator(key_on(client), ahead=ahead)
    page = client.post(PAGE, two_codes(phone))
    assert page.status_code == 422
    assert "each as soon as it appears" in page.content.decode()
    assert client.post(PAGE, two_codes(phone)).status_code == 200
    with bound_to(acme):
        device = TotpDevice.objects.get()
        assert (device.confirmed, device.drift, device.last_step) == (True, ahead, step_now() + ahead)


def test_whoever_typed_slowly_once_keeps_a_right_clock(acme: Tenant, half_in: HalfIn) -> None:
    client = half_in()
    phone = Authenticator(key_on(client))
    late = {"first_code": phone.code(later=-2), "second_code": phone.code(later=-1)}
    assert client.post(PAGE, late).status_code == 422
    assert client.post(PAGE, two_codes(phone)).status_code == 200
    with bound_to(acme):
        assert TotpDevice.objects.get().drift == 0


def test_drift_is_found_up_to_five_minutes() -> None:
    phone = Authenticator("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for drift in (-10, -1, 0, 10):
        assert drift_shown(phone.key, phone.code(later=drift - 1), phone.code(later=drift)) == drift
    assert drift_shown(phone.key, phone.code(later=10), phone.code(later=11)) is None


def test_a_key_is_shown_to_one_session_only(acme: Tenant, alice: User, half_in: HalfIn) -> None:
    client, earlier = half_in(), fleet.client_of(acme.primary_host)
    earlier.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    seen_earlier = key_on(earlier)
    assert key_on(client) != seen_earlier
    assert key_on(client) == key_on(client)
    client.post(PAGE, two_codes(Authenticator(key_on(client))))
    with bound_to(acme):
        assert TotpDevice.objects.get().key != seen_earlier
    assert earlier.post(PAGE, two_codes(Authenticator(seen_earlier)))["Location"] == "/second-factor/"
    with bound_to(acme):
        assert TotpDevice.objects.get().key != seen_earlier


def test_apps_read_the_address(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        device = TotpDevice(user=alice, name="", confirmed=False, key="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        parts = urlsplit(address_of(device))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Amana%20Acme:alice@acme.example"
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Amana Acme"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert "+" not in parts.query


def test_an_operator_sets_one_up_too(catalog: None, operator_client: Client, oscar: User) -> None:
    operator_client.post("/sign-in/", {"email": oscar.email, "password": PASSWORD})
    phone = Authenticator(key_on(operator_client))
    assert operator_client.post(PAGE, two_codes(phone)).status_code == 200
    operator_client.post("/recovery-codes/saved/", {"saved": "on"})
    assert operator_client.get("/").status_code == 200
    with bound_to(CATALOG):
        assert TotpDevice.objects.get(user=oscar).key == phone.key


def test_whoever_owes_none_may_set_one_up(acme: Tenant) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
    client = fleet.signed_in(acme, carol)
    assert client.get(PAGE)["Location"] == "/second-factor/replace/"
    assert (
        client.post(
            "/second-factor/replace/", two_codes(Authenticator(key_on(client, "/second-factor/replace/")))
        ).status_code
        == 200
    )
    with bound_to(acme):
        assert TotpDevice.objects.get(user=carol).confirmed


def test_a_device_is_replaced_and_its_codes_with_it(acme: Tenant, alice: User, alice_client: Client) -> None:
    with bound_to(acme):
        old = give_device(alice)
    new = Authenticator(key_on(alice_client, "/second-factor/replace/"))
    with bound_to(acme):
        assert TotpDevice.objects.get(confirmed=True).key == old.key
    assert alice_client.post("/second-factor/replace/", two_codes(new)).status_code == 200
    with bound_to(acme):
        assert TotpDevice.objects.get().key == new.key
        assert RecoveryCode.objects.count() == 10


def test_it_cant_be_removed_while_it_is_owed(
    acme: Tenant, alice: User, alice_client: Client, phone: Authenticator
) -> None:
    answer = alice_client.post("/second-factor/remove/")
    assert answer.status_code == 409
    assert "but not remove it" in answer.content.decode()
    with bound_to(acme):
        assert TotpDevice.objects.get().key == phone.key


def test_whoever_owes_none_removes_it(acme: Tenant) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
        give_device(carol)
    client = fleet.signed_in(acme, carol)
    before = newest(acme)
    assert client.get("/second-factor/remove/").status_code == 200
    assert client.post("/second-factor/remove/").status_code == 302
    with bound_to(acme):
        assert not TotpDevice.objects.exists()
    assert [line.sentence for line in lines(acme, before)] == ["Carol has no second factor any more"]


def test_whoever_removed_it_and_owes_one_later_is_asked_at_once(acme: Tenant) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
        give_device(carol)
    client = fleet.signed_in(acme, carol)
    client.post("/second-factor/remove/")
    with bound_to(acme):
        fleet.give(carol, "accounts.user:invite")
    assert client.get("/people/invite/")["Location"].startswith("/second-factor/set-up/")
