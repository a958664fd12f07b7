"""The question as an address: who, what, and a record by its name, id or address."""

from uuid import UUID

from django.test import Client
from django.utils.http import urlencode

from accounts.models import User
from accounts.roles.changing import create_role
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.roles.conftest import ARCHIVE, UPDATE, VIEW, GiveNew
from tests.support import fleet


def asked(client: Client, status: int = 200, **question: str | UUID) -> str:
    answer = client.get(
        f"/roles/explain/?{urlencode({name: str(value) for name, value in question.items()})}"
    )
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def contact(tenant: Tenant, name: str, by: User) -> Contact:
    with bound_to(tenant):
        made = Contact(name=name)
        made.create(by=by)
        return made


def test_why_bob_may_not_archive(alice_client: Client, bob: User) -> None:
    html = asked(alice_client, person=bob.pk, permission=ARCHIVE)
    assert "No: Bob may not do this (Contacts: archive)." in html
    assert "Give the role Owner, which holds it." in html
    assert "Who may do that: Alice, Olivia." in html


def test_roles_that_hold_it_are_named_from_the_smallest_to_the_owners(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    with bound_to(acme):
        create_role("Archivists", "", by=alice, codes=frozenset({ARCHIVE}))
    html = asked(alice_client, person=bob.pk, permission=ARCHIVE)
    places = [html.index(f"Give the role {name}") for name in ("Archivists", "Administrator", "Owner")]
    assert places == sorted(places)


def test_his_own_record_and_anothers(
    acme: Tenant, alice: User, alice_client: Client, bob: User, give_new: GiveNew
) -> None:
    give_new(bob, ARCHIVE, scope="own")
    mine, hers = contact(acme, "Dora", bob), contact(acme, "Emil", alice)
    assert "Yes: Bob may do this with Dora" in asked(
        alice_client, person=bob.pk, permission=ARCHIVE, record=mine.pk
    )
    no = asked(
        alice_client,
        person=bob.pk,
        permission=ARCHIVE,
        record=f"http://acme.localhost/contacts/{hers.pk}/",
    )
    assert "No: Bob may not do this with Emil" in no
    assert "with their own records: Emil is not among that." in no


def test_by_a_name_the_records_that_carry_it_are_offered(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    dora = contact(acme, "Dora Diaz", alice)
    html = asked(alice_client, person=bob.pk, permission=UPDATE, record="dora")
    assert f"record={dora.pk}" in html
    assert "Dora Diaz" in html
    nothing = asked(alice_client, 422, person=bob.pk, permission=UPDATE, record="zzzz")
    assert "There is no such record that you may see." in nothing


def test_a_record_that_the_asker_may_not_see_stays_unseen(
    acme: Tenant, alice: User, bob: User, give_new: GiveNew
) -> None:
    dora = contact(acme, "Dora Diaz", alice)
    with bound_to(acme):
        eve = fleet.add_user("eve@acme.example", "Eve", "security_officer")
    client = fleet.signed_in(acme, eve)
    for typed in ("dora", dora.pk):
        html = asked(client, 422, person=bob.pk, permission=UPDATE, record=typed)
        assert "There is no such record that you may see." in html
        assert "Dora Diaz" not in html
    give_new(eve, VIEW, scope="own")
    client = fleet.signed_in(acme, eve)
    for typed in ("dora", dora.pk):
        assert "Dora Diaz" not in asked(client, 422, person=bob.pk, permission=UPDATE, record=typed)


def test_mallory_asks_about_nobody_and_nothing_of_acme(
    acme: Tenant, alice: User, bob: User, mallory: User, mallory_client: Client
) -> None:
    dora = contact(acme, "Dora Diaz", alice)
    assert "Bob" not in asked(mallory_client, 422, person=bob.pk, permission=UPDATE)
    html = asked(mallory_client, 422, person=mallory.pk, permission=UPDATE, record=dora.pk)
    assert "Dora Diaz" not in html


def test_of_another_site_there_is_no_permission(alice_client: Client, bob: User) -> None:
    asked(alice_client, 422, person=bob.pk, permission="platform.tenant:delete")
