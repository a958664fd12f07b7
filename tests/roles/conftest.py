from collections.abc import Callable

import pytest
from django.test import Client

from accounts.granting import Terms, grant
from accounts.models import Role, User
from accounts.roles.changing import create_role
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

MakeRole = Callable[..., Role]
Give = Callable[..., None]
GiveNew = Callable[..., Role]

VIEW, CREATE, UPDATE = "contacts.contact:view", "contacts.contact:create", "contacts.contact:update"
PII, ARCHIVE = "contacts.contact:view_pii", "contacts.contact:archive"


@pytest.fixture
def make_role(acme: Tenant, alice: User) -> MakeRole:
    """A custom role at Acme, made by Alice."""

    def make(name: str = "Desk", *codes: str) -> Role:
        with bound_to(acme):
            return create_role(name, "", by=alice, codes=frozenset(codes))

    return make


@pytest.fixture
def give(acme: Tenant) -> Give:
    def given(person: User, role: Role, **terms: object) -> None:
        with bound_to(acme):
            grant(person, role, by=None, terms=Terms(**terms))  # type: ignore[arg-type]

    return given


@pytest.fixture
def carol(acme: Tenant) -> User:
    """An administrator: gives and changes roles, and lacks what only the owner has."""
    with bound_to(acme):
        return fleet.add_user("carol@acme.example", "Carol", "tenant_admin")


@pytest.fixture
def carol_client(acme: Tenant, carol: User) -> Client:
    return fleet.signed_in(acme, carol)


@pytest.fixture
def bob_client(acme: Tenant, bob: User) -> Client:
    return fleet.signed_in(acme, bob)


@pytest.fixture
def give_new(make_role: MakeRole, give: Give) -> GiveNew:
    """A role of these codes, made and given at once."""

    def made_and_given(person: User, *codes: str, **terms: object) -> Role:
        role = make_role(f"Role of {person.name}", *codes)
        give(person, role, **terms)
        return role

    return made_and_given
