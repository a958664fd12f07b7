"""Who may do something with their own contacts only meets no other: on no page, in no list, count, search or file."""

import pytest
from django.test import Client

from accounts.granting import Terms, grant
from accounts.models import User
from accounts.roles.changing import create_role
from business.contacts.models import Contact
from interface.palette import searchable_named
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

ALL = ("view", "update", "archive", "restore", "export", "create")


@pytest.fixture
def dan(acme: Tenant, alice: User) -> User:
    """Who may do everything with contacts that are his own."""
    with bound_to(acme):
        role = create_role("Own", "", by=alice, codes=frozenset(f"contacts.contact:{verb}" for verb in ALL))
        person = User.objects.invite("dan@acme.example", "Dan")
        grant(person, role, by=alice, terms=Terms(scope="own"))
        return person


@pytest.fixture
def dan_client(acme: Tenant, dan: User) -> Client:
    return fleet.signed_in(acme, dan)


@pytest.fixture
def mine_and_hers(acme: Tenant, dan: User, alice: User) -> tuple[Contact, Contact]:
    with bound_to(acme):
        mine, hers = Contact(name="Mine of tea"), Contact(name="Hers of tea", kind="company")
        mine.create(by=dan)
        hers.create(by=alice)
        return mine, hers


def test_the_list_and_its_counts_have_only_his(
    dan_client: Client, mine_and_hers: tuple[Contact, Contact]
) -> None:
    html = dan_client.get("/contacts/?q=tea").content.decode()
    assert "Mine of tea" in html
    assert "Hers of tea" not in html
    assert '<span class="tab-count">1</span>' in html


def test_anothers_is_not_found_by_any_verb(
    acme: Tenant, dan_client: Client, mine_and_hers: tuple[Contact, Contact]
) -> None:
    mine, hers = mine_and_hers
    assert dan_client.get(f"/contacts/{mine.pk}/").status_code == 200
    assert dan_client.get(f"/contacts/{hers.pk}/").status_code == 404
    for verb in ("edit", "archive", "restore"):
        fields = {"kind": "company", "name": "Taken", "version": "1"}
        assert dan_client.post(f"/contacts/{hers.pk}/{verb}/", fields).status_code == 404
    with bound_to(acme):
        assert Contact.objects.get(pk=hers.pk).version == 1


def test_what_may_be_seen_and_not_touched_is_refused_and_has_no_button(
    acme: Tenant, alice: User, dan: User, mine_and_hers: tuple[Contact, Contact]
) -> None:
    with bound_to(acme):
        looks = create_role("Looks", "", by=alice, codes=frozenset({"contacts.contact:view"}))
        grant(dan, looks, by=alice)
    client, (mine, hers) = fleet.signed_in(acme, dan), mine_and_hers
    assert f"/contacts/{mine.pk}/edit/" in client.get(f"/contacts/{mine.pk}/").content.decode()
    page = client.get(f"/contacts/{hers.pk}/").content.decode()
    assert "Hers of tea" in page
    assert "/edit/" not in page
    assert "/archive/" not in page
    assert client.post(f"/contacts/{hers.pk}/archive/").status_code == 403
    with bound_to(acme):
        assert not Contact.objects.get(pk=hers.pk).is_archived


def test_a_search_and_what_was_opened_lately_have_only_his(
    acme: Tenant, dan: User, mine_and_hers: tuple[Contact, Contact]
) -> None:
    with bound_to(acme):
        kind = searchable_named("contact", "tenant", dan)
        assert kind is not None
        assert [each.label for each in kind.find(dan, "tea", 5)] == ["Mine of tea"]
        found = kind.look_up(dan, [contact.pk for contact in mine_and_hers])
        assert [each.label for each in found] == ["Mine of tea"]


def test_a_company_of_another_is_no_choice(
    acme: Tenant, dan_client: Client, mine_and_hers: tuple[Contact, Contact]
) -> None:
    _mine, hers = mine_and_hers
    assert "Hers of tea" not in dan_client.get("/contacts/new/").content.decode()
    fields = {"kind": "person", "name": "Spy", "company": str(hers.pk), "version": "1"}
    assert dan_client.post("/contacts/new/", fields).status_code == 422
    with bound_to(acme):
        assert not Contact.objects.filter(name="Spy").exists()
