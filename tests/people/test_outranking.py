"""Nobody takes anything away from whoever may do all that they may, and more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.exceptions import GrantRefused
from accounts.granting import Terms, end, grant
from accounts.models import Assignment, Role, User
from accounts.outranking import Outranked
from accounts.passwords.resetting import demand_new_password
from accounts.people.standing import deactivate, withdraw
from accounts.second_factor.resetting import reset_second_factor
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

WHY = {"reason": "A quarrel"}
WORDS = "Carla may do all that you may, and more: ask an owner to do this."


@pytest.fixture
def nadia(acme: Tenant) -> User:
    with bound_to(acme):
        return fleet.add_user("nadia@acme.example", "Nadia", "tenant_admin")


@pytest.fixture
def nadia_client(acme: Tenant, nadia: User) -> Client:
    return fleet.signed_in(acme, nadia)


def roles_of(tenant: Tenant, person: User) -> list[str]:
    with bound_to(tenant):
        in_force = Assignment.objects.in_force().filter(user=person)
        return sorted(in_force.values_list("role__code", flat=True))


def test_an_administrator_ends_no_owners_role(
    acme: Tenant, nadia_client: Client, alice: User, carla: User
) -> None:
    with bound_to(acme):
        role = carla.assignments.get()
    answer = nadia_client.post(f"/people/{carla.pk}/roles/{role.pk}/end/", WHY)
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()
    assert "A quarrel" in answer.content.decode()
    assert roles_of(acme, carla) == ["owner"]


def test_an_administrator_shuts_no_owner_out(
    acme: Tenant, nadia_client: Client, alice: User, carla: User
) -> None:
    answer = nadia_client.post(f"/people/{carla.pk}/deactivate/", WHY)
    assert (answer.status_code, WORDS in answer.content.decode()) == (403, True)
    with bound_to(acme):
        assert User.objects.get(pk=carla.pk).is_active
        assert read(action="accounts.deactivated", outcome="done") == []


def test_what_an_administrator_couldnt_do_to_an_owner_isnt_offered(
    acme: Tenant, nadia: User, carla: User, bob: User
) -> None:
    client = fleet.signed_in(acme, nadia)
    for person, offered in ((carla, False), (bob, True)):
        page = client.get(f"/people/{person.pk}/").content.decode()
        assert (f"/people/{person.pk}/deactivate/" in page) is offered
        assert ("/end/" in page) is offered
        assert f"/people/{person.pk}/roles/new/" in page


def test_nor_withdraws_an_owners_invitation(acme: Tenant, nadia: User, alice: User) -> None:
    with bound_to(acme):
        olivia = User.objects.get(email="owner@example.com")
        with pytest.raises(Outranked, match="Olivia may do all"):
            withdraw(olivia, nadia)
        assert User.objects.get(pk=olivia.pk).is_active


def test_nor_ends_a_role_that_an_owner_is_still_to_have(
    acme: Tenant, nadia: User, alice: User, bob: User
) -> None:
    with bound_to(acme):
        tomorrow = Terms(starts_at=timezone.now() + timedelta(days=1))
        coming = grant(bob, Role.objects.get(code="owner"), alice, tomorrow)
        with pytest.raises(Outranked, match="Bob may do all"):
            end(coming, nadia, "A quarrel")
        coming.refresh_from_db()
        assert coming.ends_at is None


def test_an_owner_does_and_so_does_an_administrator_with_whoever_isnt_above(
    acme: Tenant, nadia: User, alice: User, carla: User, bob: User
) -> None:
    """Bob sees addresses, which Nadia doesn't: that puts him beside her and not above."""
    with bound_to(acme):
        deactivate(bob, nadia, "Left")
        end(carla.assignments.get(), alice, "Left")
        assert not User.objects.get(pk=bob.pk).is_active
    assert roles_of(acme, carla) == []


def test_it_is_asked_of_what_somebody_may_now(acme: Tenant, alice: User, carla: User, bob: User) -> None:
    """Alice's own role was taken away while her request waited."""
    with bound_to(acme):
        held = alice.rights
        assert held.may("accounts.user:deactivate")
        end(alice.assignments.get(), carla, "Left")
        password = bob.password
        for verb in (deactivate, demand_new_password, reset_second_factor):
            with pytest.raises(GrantRefused, match="your rights have changed meanwhile"):
                verb(bob, alice, "A quarrel")
        now = User.objects.get(pk=bob.pk)
        assert (now.is_active, now.password, now.factor_reset_at) == (True, password, None)
