"""Whoever holds a right for their own records only: another's is not there, on any page, in any count, by any verb."""

import pytest
from django.test import Client

from accounts.models import User
from audit.reading import read
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.conftest import MakeContact
from tests.support import fleet

EVERYTHING = (
    *(
        "contacts.contact:view",
        "contacts.contact:create",
        "contacts.contact:update",
        "contacts.contact:archive",
    ),
    *("contacts.contact:restore", "contacts.contact:view_pii", "contacts.contact:export"),
)
TYPED = {"kind": "person", "name": "Taken over", "version": "1"}


@pytest.fixture
def carol(acme: Tenant) -> User:
    """May do everything with contacts that she added, and nothing else."""
    with bound_to(acme):
        carol = User.objects.invite("carol@acme.example", "Carol")
        fleet.give(carol, *EVERYTHING, scope="own")
        return carol


@pytest.fixture
def carol_client(acme: Tenant, carol: User) -> Client:
    return fleet.signed_in(acme, carol)


@pytest.fixture
def hers(acme: Tenant, carol: User) -> Contact:
    with bound_to(acme):
        contact = Contact(name="Hers alone", email="hers@tea.example")
        contact.create(by=carol)
        return contact


def state_of(tenant: Tenant, contact: Contact) -> list[object]:
    with bound_to(tenant):
        return [*Contact.objects.filter(pk=contact.pk).values_list().get(), len(read(1000))]


def test_the_list_its_count_and_its_tabs_hold_what_is_in_scope(
    carol_client: Client, hers: Contact, dora: Contact
) -> None:
    page = carol_client.get("/contacts/").content.decode()
    assert "Hers alone" in page
    assert "hers@tea.example" in page
    assert "Dora" not in page
    assert "1 contact\n" in page or "1 contact<" in page
    assert page.count('<span class="tab-count">1</span>') == 1


@pytest.mark.parametrize("query", ["dora", "dora@tea.example", "tea"])
def test_no_search_finds_what_is_out_of_scope(
    carol_client: Client, hers: Contact, dora: Contact, query: str
) -> None:
    for address in (f"/contacts/?q={query}", f"/search/?q={query}"):
        page = carol_client.get(address)
        assert page.status_code == 200
        assert str(dora.pk) not in page.content.decode()
        assert "Dora" not in page.content.decode()


@pytest.mark.parametrize("verb", ["", "edit/"])
def test_a_page_out_of_scope_is_not_there(carol_client: Client, dora: Contact, verb: str) -> None:
    assert carol_client.get(f"/contacts/{dora.pk}/{verb}").status_code == 404


@pytest.mark.parametrize("verb", ["edit/", "archive/", "restore/"])
def test_no_verb_reaches_out_of_scope_and_nothing_is_changed(
    acme: Tenant, carol_client: Client, dora: Contact, verb: str
) -> None:
    before = state_of(acme, dora)
    assert carol_client.post(f"/contacts/{dora.pk}/{verb}", TYPED).status_code == 404
    after = state_of(acme, dora)
    assert after[:-1] == before[:-1]


def test_every_verb_reaches_her_own(acme: Tenant, carol_client: Client, hers: Contact) -> None:
    assert carol_client.post(f"/contacts/{hers.pk}/edit/", TYPED).status_code == 302
    assert carol_client.post(f"/contacts/{hers.pk}/archive/").status_code == 302
    with bound_to(acme):
        hers.refresh_from_db()
    assert (hers.name, hers.version, hers.is_archived) == ("Taken over", 3, True)


def test_a_company_out_of_scope_can_be_neither_chosen_nor_opened(
    acme: Tenant, carol: User, carol_client: Client, tea: Contact
) -> None:
    assert str(tea.pk) not in carol_client.get("/contacts/new/").content.decode()
    refused = carol_client.post("/contacts/new/", {**TYPED, "company": str(tea.pk)})
    assert refused.status_code == 422
    with bound_to(acme):
        assert not Contact.objects.filter(name="Taken over").exists()
        person = Contact(name="Placed there", company=tea)
        person.create(by=carol)
    page = carol_client.get(f"/contacts/{person.pk}/").content.decode()
    assert "Person at <bdi>Tea &amp; Co</bdi>" in page
    assert f"/contacts/{tea.pk}/" not in page


def test_a_page_does_not_go_on_from_a_contact_out_of_scope(
    acme: Tenant, carol: User, carol_client: Client, make_contact: MakeContact
) -> None:
    with bound_to(acme):
        for name in ("Aaron", "Zoe"):
            Contact(name=name).create(by=carol)
    between = make_contact("M")
    page = carol_client.get(f"/contacts/?after={between.pk}").content.decode()
    assert "Aaron" in page


def test_a_verb_that_is_held_for_own_records_is_refused_where_the_record_may_be_seen(
    acme: Tenant, dora: Contact
) -> None:
    with bound_to(acme):
        dave = User.objects.invite("dave@acme.example", "Dave")
        fleet.give(dave, "contacts.contact:view")
        fleet.give(dave, "contacts.contact:archive", scope="own")
    client, before = fleet.signed_in(acme, dave), state_of(acme, dora)
    assert "/archive/" not in client.get(f"/contacts/{dora.pk}/").content.decode()
    assert client.post(f"/contacts/{dora.pk}/archive/").status_code == 403
    assert state_of(acme, dora)[:-1] == before[:-1]


def test_mallory_reaches_nothing_of_acmes(acme: Tenant, mallory_client: Client, dora: Contact) -> None:
    before = state_of(acme, dora)
    for verb in ("", "edit/"):
        assert mallory_client.get(f"/contacts/{dora.pk}/{verb}").status_code == 404
    for verb in ("edit/", "archive/", "restore/"):
        assert mallory_client.post(f"/contacts/{dora.pk}/{verb}", TYPED).status_code == 404
    assert state_of(acme, dora) == before
