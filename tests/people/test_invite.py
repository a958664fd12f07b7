from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.standing import deactivate, reactivate
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

INA = {
    "name": "Ina Okafor",
    "email": "Ina@Acme.example",
    "language": "ar",
    "scope": "tenant",
    "reason": "New in the warehouse",
    "review_on": str(timezone.localdate() + timedelta(days=30)),
}


def roles(tenant: Tenant, *codes: str) -> list[str]:
    with bound_to(tenant):
        return [str(Role.objects.get(code=code).pk) for code in codes]


def people(tenant: Tenant) -> set[str]:
    with bound_to(tenant):
        return {*User.objects.values_list("email", flat=True)}


def test_alice_invites_somebody_with_roles(acme: Tenant, alice: User, alice_client: Client) -> None:
    given = {**INA, "roles": roles(acme, "order_manager", "accountant")}
    answer = alice_client.post("/people/invite/", given)
    with bound_to(acme):
        ina = User.objects.get(email="ina@acme.example")
        assert (ina.name, ina.language, ina.is_active, ina.has_usable_password()) == (
            *("Ina Okafor", "ar", True, False),
        )
        assert {held.role.code for held in ina.assignments.all()} == {"order_manager", "accountant"}
        assert {held.granted_by_id for held in ina.assignments.all()} == {alice.pk}
        [event] = read(action="accounts.invited")[:1]
    assert answer["Location"] == f"/people/{ina.pk}/"
    assert (event.actor, event.object_id) == (f"user:{alice.pk}", str(ina.pk))
    page = alice_client.get(f"/people/{ina.pk}/").content.decode()
    assert "The invitation waits" in page
    assert f"/people/{ina.pk}/invite-again/" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Give the person"),
        ({"name": "Sales team"}, "names a post or a team"),
        ({"email": "info@acme.example"}, "several people read"),
        ({"email": "x"}, "Enter a valid e-mail address."),
        ({"email": "BOB@acme.example"}, "Somebody with this e-mail address is here already."),
        ({"roles": []}, "Choose a role"),
        ({"roles": ["x"]}, "is not a valid"),
        ({"reason": ""}, "Give a reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nobody_is_invited(
    acme: Tenant, alice_client: Client, bob: User, typed: dict[str, object], words: str
) -> None:
    before = people(acme)
    answer = alice_client.post("/people/invite/", {**INA, "roles": roles(acme, "accountant"), **typed})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert people(acme) == before


def test_a_role_that_can_t_be_given_leaves_nobody_behind(
    acme: Tenant, with_rights: Callable[..., Client]
) -> None:
    client = with_rights("accounts.user:invite", "accounts.user:assign_role")
    before = people(acme)
    answer = client.post("/people/invite/", {**INA, "roles": roles(acme, "owner")})
    assert answer.status_code == 422
    assert "You can&#x27;t give what you don&#x27;t have yourself" in answer.content.decode()
    assert 'value="Ina Okafor"' in answer.content.decode()
    assert people(acme) == before


def test_whoever_may_not_give_roles_invites_without(acme: Tenant, with_rights: Callable[..., Client]) -> None:
    client = with_rights("accounts.user:view", "accounts.user:invite")
    assert 'name="roles"' not in client.get("/people/invite/").content.decode()
    assert client.post("/people/invite/", {**INA, "roles": roles(acme, "owner")}).status_code == 302
    with bound_to(acme):
        assert not User.objects.get(email="ina@acme.example").assignments.exists()


def test_a_withdrawn_invitation_is_worth_nothing(acme: Tenant, alice_client: Client) -> None:
    alice_client.post("/people/invite/", {**INA, "roles": roles(acme, "accountant")})
    with bound_to(acme):
        ina = User.objects.get(email="ina@acme.example")
    assert alice_client.post(f"/people/{ina.pk}/withdraw/").status_code == 302
    with bound_to(acme):
        ina.refresh_from_db()
    assert (ina.is_active, ina.link_epoch) == (False, 1)
    assert alice_client.post(f"/people/{ina.pk}/invite-again/").status_code == 409


def test_bob_invites_nobody(acme: Tenant, bob: User, with_rights: Callable[..., Client]) -> None:
    before = people(acme)
    client = with_rights("accounts.user:view")
    answers = [client.get("/people/invite/"), client.post("/people/invite/", INA)]
    assert [each.status_code for each in answers] == [403, 403]
    assert "ina@acme.example" not in people(acme) - before


def test_whoever_was_withdrawn_is_invited_like_anybody_new(acme: Tenant, alice_client: Client) -> None:
    given = {**INA, "roles": roles(acme, "accountant")}
    alice_client.post("/people/invite/", given)
    with bound_to(acme):
        ina = User.objects.get(email="ina@acme.example")
    alice_client.post(f"/people/{ina.pk}/withdraw/")
    assert alice_client.post("/people/invite/", given)["Location"] == f"/people/{ina.pk}/"
    with bound_to(acme):
        assert User.objects.get(pk=ina.pk).is_active
        assert [held.role.code for held in ina.assignments.not_over()] == ["accountant"]


def test_an_invitation_lets_nobody_in_again_whose_roles_wait(
    acme: Tenant, alice: User, with_rights: Callable[..., Client]
) -> None:
    with bound_to(acme):
        ina = fleet.add_user("ina@acme.example", "Ina", "owner")
        for step in (deactivate, reactivate, deactivate):
            step(User.objects.get(pk=ina.pk), alice, "Left, came back, left")
    answer = with_rights("accounts.user:invite").post("/people/invite/", INA)
    assert answer.status_code == 422
    assert "is here already" in answer.content.decode()
    with bound_to(acme):
        assert not User.objects.get(pk=ina.pk).is_active
