"""Initech is really committed: its log outlives what a test does."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet


@pytest.fixture(scope="package")
def committed(databases: None) -> Iterator[Tenant]:
    tenant = fleet.provision()
    with bound_to(tenant):
        fleet.add_user("peter@initech.example", "Peter", "owner")
        fleet.add_user("milton@initech.example", "Milton", "order_manager")
    yield tenant
    fleet.close(tenant)


@pytest.fixture
def peter(committed: Tenant) -> User:
    with bound_to(committed):
        return User.objects.get(email="peter@initech.example")


@pytest.fixture
def peters_client(committed: Tenant, peter: User) -> Client:
    return fleet.signed_in(committed, peter)


@pytest.fixture
def pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.audit.urls"):
        yield
