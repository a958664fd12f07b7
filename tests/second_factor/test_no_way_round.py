"""Each way past the second factor that we could think of, tried."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from access.declaring import Door, declared
from accounts.exceptions import FactorRefused
from accounts.granting import end, grant
from accounts.models import RecoveryCode, Role, SecurityPolicy, Session, TotpDevice, User
from accounts.second_factor.owing import owes_factor
from accounts.second_factor.recovering import make_codes
from accounts.second_factor.resetting import reset_second_factor
from audit.reading import read
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import Authenticator, give_device

HalfIn = Callable[[], Client]
COOKIE = "amana"
SOME_ID = "01890000-0000-7000-8000-00000000dead"
SAMPLES = {"table": "accounts_user"}


def pages(urlconf: str) -> Iterator[tuple[str, bool]]:
    """Each address of a site, with something in the place of its arguments, and whether it lies before the door."""
    for name, pattern, arguments in _patterns(import_module(urlconf).urlpatterns, "", []):
        said = declared(pattern.callback)
        assert said is not None, name
        chosen = {argument: SAMPLES.get(argument, SOME_ID) for argument in arguments}
        yield reverse(name, urlconf=urlconf, kwargs=chosen), said.door in (Door.STREET, Door.THRESHOLD)


def _patterns(
    patterns: list[URLPattern | URLResolver], namespace: str, above: list[str]
) -> Iterator[tuple[str, URLPattern, list[str]]]:
    for pattern in patterns:
        arguments = [*above, *pattern.pattern.converters]
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern.url_patterns, inside, arguments)
        else:
            yield namespace + str(pattern.name), pattern, arguments


def behind(urlconf: str) -> list[str]:
    return [path for path, is_before in pages(urlconf) if not is_before]


def test_by_any_address_of_a_tenants_site(acme: Tenant, half_in: HalfIn, phone: Authenticator) -> None:
    client, before = half_in(), newest(acme)
    assert len(behind(settings.ROOT_URLCONF)) > 15
    for path in behind(settings.ROOT_URLCONF):
        for ask in (client.get, client.post, client.put, client.delete, client.head):
            answer = ask(path)
            assert (answer.status_code, answer["Location"][:15]) == (302, "/sign-in/?next="), path
    assert newest(acme) == before


def test_by_any_address_of_the_operators_site(catalog: None, operator_client: Client, oscar: User) -> None:
    operator_client.post("/sign-in/", {"email": oscar.email, "password": PASSWORD})
    before = newest(CATALOG)
    assert len(behind(settings.OPERATOR_URLCONF)) > 15
    for path in behind(settings.OPERATOR_URLCONF):
        for ask in (operator_client.get, operator_client.post):
            answer = ask(path)
            assert (answer.status_code, answer["Location"][:15]) == (302, "/sign-in/?next="), path
    assert newest(CATALOG) == before


@pytest.fixture
def without_factor(acme: Tenant, alice: User) -> Client:
    """Alice was signed in before a second factor was asked for."""
    client = fleet.client_of(acme.primary_host)
    with bound_to(acme):
        client.force_login(alice)
    return client


@pytest.mark.parametrize(
    ("has_device", "page"), [(True, "/second-factor/"), (False, "/second-factor/set-up/")]
)
def test_by_a_session_that_began_without_one(
    *, acme: Tenant, alice: User, without_factor: Client, has_device: bool, page: str
) -> None:
    if has_device:
        with bound_to(acme):
            give_device(alice)
    before = newest(acme)
    for path in behind(settings.ROOT_URLCONF):
        assert without_factor.get(path)["Location"] == f"{page}?next={path}"
        assert without_factor.post(path)["Location"] == page
        assert without_factor.get(path, headers={"HX-Request": "true"}).status_code == 401
    assert newest(acme) == before
    assert without_factor.get(page).status_code == 200


def test_that_session_opens_with_the_code_and_has_a_new_key(
    acme: Tenant, without_factor: Client, phone: Authenticator
) -> None:
    key = without_factor.cookies[COOKIE].value
    without_factor.post("/second-factor/", {"code": phone.code()})
    assert without_factor.get("/contacts/").status_code == 200
    with bound_to(acme):
        assert not Session.objects.filter(pk=key).exists()


def test_by_a_session_whose_key_was_known_before(
    acme: Tenant, acme_client: Client, alice: User, phone: Authenticator
) -> None:
    mallorys = fleet.client_of(acme.primary_host)
    mallorys.get("/sign-in/")
    acme_client.cookies[COOKIE] = mallorys.cookies[COOKIE].value
    acme_client.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert mallorys.get("/second-factor/")["Location"] == "/sign-in/"
    mallorys.cookies[COOKIE] = acme_client.cookies[COOKIE].value
    acme_client.post("/second-factor/", {"code": phone.code()})
    assert mallorys.get("/contacts/").status_code == 302
    assert acme_client.get("/contacts/").status_code == 200


@pytest.fixture
def carol(acme: Tenant) -> User:
    """She may do nothing that weighs more."""
    with bound_to(acme):
        return fleet.add_user("carol@acme.example", "Carol", "accountant")


@pytest.fixture
def carol_client(acme: Tenant, acme_client: Client, carol: User) -> Client:
    acme_client.post("/sign-in/", {"email": carol.email, "password": PASSWORD})
    assert acme_client.get("/contacts/").status_code == 200
    return acme_client


def test_by_a_role_that_was_given_in_the_middle(acme: Tenant, carol: User, carol_client: Client) -> None:
    with bound_to(acme):
        assignment = grant(carol, Role.objects.get(code="order_manager"), by=None)
    assert carol_client.get("/contacts/")["Location"] == "/second-factor/set-up/?next=/contacts/"
    assert carol_client.post("/contacts/new/", {"kind": "person", "name": "X"}).status_code == 302
    with bound_to(acme):
        assert not Contact.objects.filter(name="X").exists()
        end(assignment, by=None, reason="Test")
    assert carol_client.get("/contacts/").status_code == 200


def test_by_a_role_of_their_own_making(acme: Tenant, carol: User) -> None:
    """A custom role owes by what is in it; no field of it says so."""
    with bound_to(acme):
        content = Role.objects.get(code="order_manager").group
        custom = Role.objects.create(group=_copy_of(content), name="Harmless")
        assert not owes_factor(User.objects.get(pk=carol.pk))
        grant(carol, custom, by=None)
        assert owes_factor(User.objects.get(pk=carol.pk))


def _copy_of(group: Group) -> Group:
    made = Group.objects.create(name="custom:1")
    made.permissions.set(group.permissions.all())
    return made


def test_once_everybody_owes_one_the_next_request_asks(acme: Tenant, carol_client: Client) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(totp_for_all=True)
    assert carol_client.get("/contacts/")["Location"] == "/second-factor/set-up/?next=/contacts/"


def test_by_setting_a_new_password(
    acme: Tenant, acme_client: Client, alice: User, phone: Authenticator
) -> None:
    """Whoever can read the mail still needs the device."""
    with bound_to(acme):
        alice.set_password("another horse battery staple 8")
        alice.save()
    answer = acme_client.post(
        "/sign-in/", {"email": alice.email, "password": "another horse battery staple 8"}
    )
    assert answer["Location"] == "/second-factor/"
    assert acme_client.get("/contacts/").status_code == 302
    with bound_to(acme):
        assert TotpDevice.objects.get().key == phone.key


def test_by_setting_up_another_device_beside_the_one_that_is_there(
    acme: Tenant, half_in: HalfIn, phone: Authenticator
) -> None:
    client = half_in()
    assert client.get("/second-factor/set-up/")["Location"] == "/second-factor/"
    assert client.post("/second-factor/set-up/", {"first_code": "1", "second_code": "2"}).status_code == 302
    assert client.get("/second-factor/replace/")["Location"].startswith("/sign-in/")
    assert client.post("/second-factor/remove/")["Location"].startswith("/sign-in/")
    assert client.post("/recovery-codes/")["Location"].startswith("/sign-in/")
    with bound_to(acme):
        assert TotpDevice.objects.get().key == phone.key


def test_by_the_half_session_of_another_tenant(
    globex: Tenant, half_in: HalfIn, globex_client: Client, alice: User, phone: Authenticator
) -> None:
    with bound_to(globex):
        User.objects.create(pk=alice.pk, email=alice.email, name="Alice", password=alice.password)
        give_device(User.objects.get(pk=alice.pk), phone.key)
    globex_client.cookies[COOKIE] = half_in().cookies[COOKIE].value
    assert globex_client.post("/second-factor/", {"code": phone.code()})["Location"] == "/sign-in/"
    assert globex_client.get("/contacts/").status_code == 302


def test_what_a_half_session_holds_is_worthless_in_another_tenants(
    *, acme: Tenant, globex: Tenant, half_in: HalfIn, globex_client: Client, alice: User, phone: Authenticator
) -> None:
    """Copied row for row: the fingerprint of the password is made with the tenant's own key."""
    client = half_in()
    with bound_to(acme):
        held = {**client.session}
    with bound_to(globex):
        User.objects.create(pk=alice.pk, email=alice.email, name="Alice", password=alice.password)
        give_device(User.objects.get(pk=alice.pk), phone.key)
        forged = globex_client.session
        forged.update(held)
        forged.save()
    assert globex_client.post("/second-factor/", {"code": phone.code()})["Location"] == "/sign-in/"


def test_by_a_device_of_another_tenant(
    globex_client: Client, globex: Tenant, mallory: User, phone: Authenticator
) -> None:
    with bound_to(globex):
        give_device(mallory)
    globex_client.post("/sign-in/", {"email": mallory.email, "password": PASSWORD})
    assert globex_client.post("/second-factor/", {"code": phone.code()}).status_code == 422
    assert globex_client.get("/contacts/").status_code == 302


def test_a_reset_ends_every_session_and_the_next_sign_in_sets_up_anew(
    acme: Tenant, alice: User, bob: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        bobs = give_device(bob)
        make_codes(bob)
    client, half = fleet.signed_in(acme, bob), fleet.client_of(acme.primary_host)
    half.post("/sign-in/", {"email": bob.email, "password": PASSWORD})
    before = newest(acme)
    with bound_to(acme):
        reset_second_factor(bob, by=alice, reason="Lost the phone on a train")
        assert not TotpDevice.objects.filter(user=bob).exists()
        assert not RecoveryCode.objects.filter(user=bob).exists()
        assert not Session.objects.filter(user=bob).exists()
        assert TotpDevice.objects.get().user == alice
    assert lines(acme, before) == [
        Line("accounts.factor_reset", "done", "test", "The second factor of Bob was reset")
    ]
    with bound_to(acme):
        [event] = [each for each in read(50) if each.action == "accounts.factor_reset"]
    assert event.reason == "Lost the phone on a train"
    assert client.get("/contacts/")["Location"].startswith("/sign-in/")
    assert half.post("/second-factor/", {"code": bobs.code()})["Location"] == "/sign-in/"

    half.post("/sign-in/", {"email": bob.email, "password": PASSWORD})
    assert half.get("/contacts/")["Location"].startswith("/sign-in/")
    assert half.get("/second-factor/")["Location"] == "/second-factor/set-up/"


def test_for_a_day_they_are_told_on_every_page(acme: Tenant, alice: User, alice_client: Client) -> None:
    told = "Your second factor was reset"
    assert told not in alice_client.get("/contacts/").content.decode()
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(factor_reset_at=timezone.now() - timedelta(hours=23))
    assert told in alice_client.get("/contacts/").content.decode()
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(factor_reset_at=timezone.now() - timedelta(hours=25))
    assert told not in alice_client.get("/contacts/").content.decode()


def test_nobody_resets_their_own_nor_without_the_permission_nor_without_a_reason(
    acme: Tenant, alice: User, bob: User, phone: Authenticator
) -> None:
    before = newest(acme)
    with bound_to(acme):
        for person, by, reason in ((alice, alice, "Mine"), (alice, bob, "Hers"), (bob, alice, "  ")):
            with pytest.raises(FactorRefused):
                reset_second_factor(person, by=by, reason=reason)
        assert TotpDevice.objects.get().key == phone.key
    assert newest(acme) == before


def test_a_device_that_is_reset_while_she_is_in_asks_again(
    acme: Tenant, alice: User, without_factor: Client, phone: Authenticator
) -> None:
    """Also where the session itself was left: it has no factor."""
    with bound_to(acme):
        TotpDevice.objects.all().delete()
    assert without_factor.get("/contacts/")["Location"] == "/second-factor/set-up/?next=/contacts/"


def test_whoever_has_given_it_costs_no_query(acme: Tenant, alice_client: Client) -> None:
    alice_client.get("/contacts/")
    with bound_to(acme):
        connection = connections[acme.place.alias]
        with CaptureQueriesContext(connection) as asked:
            alice_client.get("/contacts/")
    said = [query["sql"] for query in asked.captured_queries]
    assert said
    assert not [each for each in said if "totpdevice" in each or "recoverycode" in each]
    assert not [each for each in said if each.startswith('SELECT "accounts_securitypolicy"')]
