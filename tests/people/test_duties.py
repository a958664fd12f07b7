"""Duties that are better kept apart are given together only by whoever says that they know."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

TERMS = {
    "scope": "tenant",
    "reason": "Runs the office",
    "review_on": str(timezone.localdate() + timedelta(days=90)),
}
WHY = "Whoever gives roles would also decide whether giving them was right."


@pytest.fixture
def admin(acme: Tenant) -> str:
    with bound_to(acme):
        return str(Role.objects.get(code="tenant_admin").pk)


def roles(tenant: Tenant, person: User) -> set[str]:
    with bound_to(tenant):
        return {held.role.code for held in person.assignments.select_related("role")}


def test_it_is_said_first_and_given_once_it_is_known(
    acme: Tenant, alice_client: Client, bob: User, admin: str
) -> None:
    asked = {**TERMS, "role": admin}
    answer = alice_client.post(f"/people/{bob.pk}/roles/new/", asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert WHY in page
    assert 'name="knowing"' in page
    assert "Runs the office" in page
    assert roles(acme, bob) == {"order_manager"}

    assert alice_client.post(f"/people/{bob.pk}/roles/new/", {**asked, "knowing": "on"}).status_code == 302
    assert roles(acme, bob) == {"order_manager", "tenant_admin"}


def test_what_somebody_holds_together_already_is_not_asked_again(
    acme: Tenant, alice_client: Client, bob: User, admin: str
) -> None:
    with bound_to(acme):
        fleet.give(bob, "accounts.user:assign_role", "accounts.access_review:decide", "accounts.role:update")
        fleet.give(bob, "accounts.access_review:complete")
    assert alice_client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": admin}).status_code == 302


def test_two_roles_of_a_newcomer_are_looked_at_together(
    acme: Tenant, alice_client: Client, admin: str
) -> None:
    ina = {**TERMS, "name": "Ina", "email": "ina@acme.example", "roles": [admin]}
    answer = alice_client.post("/people/invite/", ina)
    assert (answer.status_code, WHY in answer.content.decode()) == (422, True)
    with bound_to(acme):
        assert not User.objects.filter(email="ina@acme.example").exists()
    assert alice_client.post("/people/invite/", {**ina, "knowing": "on"}).status_code == 302
