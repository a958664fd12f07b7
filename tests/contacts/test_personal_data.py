"""Who may not see personal data finds it nowhere: on no page, by no search, in no file; and overwrites none of it."""

import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.conftest import MakeContact
from tests.support import fleet

PERSONAL = {
    "email": "zanzibar@tea.example",
    "phone": "+44 7700 900777",
    "address": "7 Secret Lane",
    "tax_id": "GB987654321",
    "notes": "Has a weak heart",
}
SHOWN = {"kind": "person", "name": "Mina Harker", "city": "Whitby"}


@pytest.fixture
def mina(make_contact: MakeContact) -> Contact:
    return make_contact(**SHOWN, **PERSONAL)


@pytest.fixture
def erin(acme: Tenant) -> User:
    """Sees and changes contacts, without personal data."""
    with bound_to(acme):
        erin = User.objects.invite("erin@acme.example", "Erin")
        fleet.give(erin, "contacts.contact:view", "contacts.contact:create", "contacts.contact:update")
        return erin


@pytest.fixture
def erin_client(acme: Tenant, erin: User) -> Client:
    return fleet.signed_in(acme, erin)


def leaked(page: str) -> list[str]:
    return [value for value in PERSONAL.values() if value in page]


@pytest.mark.parametrize(
    "address", ["/contacts/", "/contacts/{pk}/", "/contacts/{pk}/edit/", "/search/?q=mina"]
)
def test_no_page_shows_any(erin_client: Client, mina: Contact, address: str) -> None:
    page = erin_client.get(address.format(pk=mina.pk)).content.decode()
    assert "Mina Harker" in page
    assert leaked(page) == []


def test_whoever_may_see_it_does(acme: Tenant, bob: User, mina: Contact) -> None:
    page = fleet.signed_in(acme, bob).get(f"/contacts/{mina.pk}/").content.decode()
    assert leaked(page) == [*PERSONAL.values()]


def test_the_page_says_why(erin_client: Client, mina: Contact) -> None:
    page = erin_client.get(f"/contacts/{mina.pk}/").content.decode()
    assert page.count("•••") == 5
    assert "Personal data is hidden" in page


def test_whether_there_is_any_is_not_told_either(
    erin_client: Client, mina: Contact, make_contact: MakeContact
) -> None:
    bare = make_contact("Nobody known")
    page = erin_client.get(f"/contacts/{bare.pk}/").content.decode()
    assert page.count("•••") == 5


@pytest.mark.parametrize("query", ["zanzibar", "900777", "GB987654321"])
@pytest.mark.parametrize("address", ["/contacts/?q={}", "/search/?q={}"])
def test_no_search_tells_what_it_is(
    erin_client: Client, alice_client: Client, mina: Contact, address: str, query: str
) -> None:
    assert str(mina.pk) not in erin_client.get(address.format(query)).content.decode()
    assert str(mina.pk) in alice_client.get(address.format(query)).content.decode()


def test_a_form_overwrites_none_of_it(acme: Tenant, erin_client: Client, mina: Contact) -> None:
    stolen = dict.fromkeys(PERSONAL, "overwritten")
    answer = erin_client.post(
        f"/contacts/{mina.pk}/edit/", {**SHOWN, **stolen, "city": "Hull", "version": "1"}
    )
    assert answer.status_code == 302
    with bound_to(acme):
        mina.refresh_from_db()
    assert mina.city == "Hull"
    assert {name: getattr(mina, name) for name in PERSONAL} == PERSONAL


def test_two_versions_are_compared_without_it(
    acme: Tenant, bob: User, erin_client: Client, mina: Contact
) -> None:
    with bound_to(acme):
        mina.phone, mina.city = "+44 7700 900778", "York"
        mina.update(by=bob, seen=1)
    page = erin_client.post(f"/contacts/{mina.pk}/edit/", {**SHOWN, "version": "1", "city": "Hull"})
    assert page.status_code == 409
    assert "<del>York</del>" in page.content.decode()
    assert leaked(page.content.decode()) == []
    assert "900778" not in page.content.decode()


def test_what_is_seen_in_a_scope_is_seen_there_alone(acme: Tenant, erin: User, mina: Contact) -> None:
    with bound_to(acme):
        fleet.give(erin, "contacts.contact:view_pii", scope="own")
        Contact(name="Own", email="own@tea.example").create(by=erin)
    client = fleet.signed_in(acme, erin)
    page = client.get("/contacts/").content.decode()
    assert "own@tea.example" in page
    assert leaked(page) == []
    assert "Mina Harker" not in client.get("/contacts/?q=tea.example").content.decode()
    assert 'name="email"' in client.get("/contacts/new/").content.decode()
    assert 'name="email"' not in client.get(f"/contacts/{mina.pk}/edit/").content.decode()


def test_the_palette_shows_none_beside_a_name(
    erin_client: Client, alice_client: Client, mina: Contact
) -> None:
    with_it = alice_client.get("/palette/?q=mina", headers={"HX-Request": "true"}).content.decode()
    without = erin_client.get("/palette/?q=mina", headers={"HX-Request": "true"}).content.decode()
    assert PERSONAL["email"] in with_it
    assert "Mina Harker" in without
    assert leaked(without) == []
