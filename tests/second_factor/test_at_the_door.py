"""From the right password to being signed in: by a code of the device, and by nothing less."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session, TotpDevice, User
from accounts.second_factor.half_way import KEY
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import Authenticator, give_device

HalfIn = Callable[[], Client]
COOKIE = "amana"


def is_in(client: Client) -> bool:
    return client.get("/contacts/").status_code == 200


def test_alice_signs_in_with_password_and_code(
    acme: Tenant, acme_client: Client, alice: User, phone: Authenticator
) -> None:
    before = newest(acme)
    sent = acme_client.post("/sign-in/?next=/contacts/", {"email": alice.email, "password": PASSWORD})
    assert (sent.status_code, sent["Location"]) == (302, "/second-factor/?next=/contacts/")
    page = acme_client.get(sent["Location"]).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page

    answer = acme_client.post(sent["Location"], {"code": phone.code()})

    assert (answer.status_code, answer["Location"]) == (302, "/contacts/")
    assert is_in(acme_client)
    with bound_to(acme):
        session = Session.objects.get(user=alice)
        assert session.signed_in_at
        assert session.factor_at
        assert session.factor_at >= session.signed_in_at
    her = f"user:{alice.pk}"
    assert lines(acme, before)[:3] == [
        Line(
            "accounts.password_proven",
            "done",
            her,
            "Alice gave the right password and was asked for the second factor",
        ),
        Line("accounts.factor_given", "done", her, "Alice gave the second factor"),
        Line("accounts.signed_in", "done", her, "Alice signed in"),
    ]


@pytest.mark.parametrize("typed", ["{} {}", " {}{}\n", "{}\u00a0{}"])
def test_spaces_are_read_over(half_in: HalfIn, phone: Authenticator, typed: str) -> None:
    client, code = half_in(), phone.code()
    client.post("/second-factor/", {"code": typed.format(code[:3], code[3:])})
    assert is_in(client)


def test_a_phones_own_numerals_are_read(half_in: HalfIn, phone: Authenticator) -> None:
    client = half_in()
    arabic = phone.code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    client.post("/second-factor/", {"code": arabic})
    assert is_in(client)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "abcdef"])
def test_what_is_no_code_is_said_to_be_none_and_isnt_counted(
    acme: Tenant, half_in: HalfIn, phone: Authenticator, typed: str
) -> None:
    client = half_in()
    assert client.post("/second-factor/", {"code": typed}).status_code == 422
    assert not is_in(client)
    with bound_to(acme):
        assert TotpDevice.objects.get().failures == 0


def test_a_wrong_code_is_refused_counted_and_told(
    acme: Tenant, alice: User, half_in: HalfIn, phone: Authenticator
) -> None:
    client, before = half_in(), newest(acme)
    page = client.post("/second-factor/", {"code": phone.code(later=500)})
    assert page.status_code == 422
    assert "This code is wrong." in page.content.decode()
    assert not is_in(client)
    assert lines(acme, before) == [
        Line(
            "accounts.factor_given",
            "refused",
            f"user:{alice.pk}",
            "Alice was refused: the code wasn't right",
        )
    ]
    with bound_to(acme):
        assert TotpDevice.objects.get().failures == 1


def test_whoever_owes_none_and_has_none_is_in_at_once(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
    answer = acme_client.post("/sign-in/", {"email": carol.email, "password": PASSWORD})
    assert answer["Location"] == "/"
    assert is_in(acme_client)
    with bound_to(acme):
        session = Session.objects.get(user=carol)
        assert session.factor_at is None
        assert session.signed_in_at is not None


def test_whoever_owes_none_but_has_one_is_asked_all_the_same(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
        phone = give_device(carol)
    answer = acme_client.post("/sign-in/", {"email": carol.email, "password": PASSWORD})
    assert answer["Location"] == "/second-factor/"
    assert not is_in(acme_client)
    acme_client.post("/second-factor/", {"code": phone.code()})
    assert is_in(acme_client)


def test_operators_are_asked_whatever_they_may_do(
    catalog: None, operator_client: Client, oscar: User
) -> None:
    with bound_to(CATALOG):
        powerless = User.objects.create(email="petra@amana.example", name="Petra")
        powerless.set_password(PASSWORD)
        powerless.save()
    for email in (oscar.email, "petra@amana.example"):
        answer = operator_client.post("/sign-in/", {"email": email, "password": PASSWORD})
        assert answer["Location"] == "/second-factor/set-up/"
        assert operator_client.get("/")["Location"].startswith("/sign-in/")


def test_the_password_is_remembered_for_ten_minutes(
    acme: Tenant, half_in: HalfIn, phone: Authenticator
) -> None:
    client = half_in()
    with bound_to(acme):
        session = client.session
        assert timezone.now().timestamp() - session[KEY]["at"] < 60
        session[KEY] = session[KEY] | {"at": (timezone.now() - timedelta(minutes=10, seconds=1)).timestamp()}
        session.save()
    answer = client.post("/second-factor/", {"code": phone.code()})
    assert answer["Location"] == "/sign-in/"
    assert not is_in(client)


def test_a_new_password_meanwhile_ends_it(
    acme: Tenant, alice: User, half_in: HalfIn, phone: Authenticator
) -> None:
    client = half_in()
    with bound_to(acme):
        alice.set_password("another horse battery staple 8")
        alice.save()
    assert client.post("/second-factor/", {"code": phone.code()})["Location"] == "/sign-in/"
    assert not is_in(client)


def test_whoever_is_deactivated_meanwhile_stays_out(
    acme: Tenant, alice: User, half_in: HalfIn, phone: Authenticator
) -> None:
    client = half_in()
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.post("/second-factor/", {"code": phone.code()})["Location"] == "/sign-in/"
    assert not is_in(client)


def test_a_stranger_is_sent_to_the_sign_in(acme_client: Client, phone: Authenticator) -> None:
    for page in ("/second-factor/", "/second-factor/recovery/", "/second-factor/set-up/"):
        assert acme_client.get(page)["Location"] == "/sign-in/"
        assert acme_client.post(page, {"code": phone.code()})["Location"] == "/sign-in/"
    assert not is_in(acme_client)


def test_whoever_is_in_goes_straight_on(alice_client: Client) -> None:
    assert alice_client.get("/second-factor/?next=/contacts/")["Location"] == "/contacts/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_next_never_leads_off_the_site(half_in: HalfIn, phone: Authenticator, elsewhere: str) -> None:
    answer = half_in().post(f"/second-factor/?next={elsewhere}", {"code": phone.code()})
    assert answer["Location"] == "/"


def test_the_key_of_the_session_changes_with_the_password_and_with_the_code(
    acme: Tenant, acme_client: Client, half_in: HalfIn, phone: Authenticator
) -> None:
    acme_client.get("/sign-in/")
    keys = [acme_client.cookies[COOKIE].value]
    half_in()
    keys.append(acme_client.cookies[COOKIE].value)
    acme_client.post("/second-factor/", {"code": phone.code()})
    keys.append(acme_client.cookies[COOKIE].value)
    assert len(set(keys)) == 3
    with bound_to(acme):
        assert [*Session.objects.filter(pk__in=keys).values_list("pk", flat=True)] == [keys[2]]
        assert KEY not in acme_client.session
