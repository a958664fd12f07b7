from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet


@pytest.fixture
def carla(acme: Tenant) -> User:
    """Another owner at Acme: whoever is the last one is guarded."""
    with bound_to(acme):
        return fleet.add_user("carla@acme.example", "Carla", "owner")


@pytest.fixture
def with_rights(acme: Tenant) -> Callable[..., Client]:
    """The client of somebody at Acme with exactly these permissions."""

    def make(*codes: str) -> Client:
        with bound_to(acme):
            wendy = User.objects.invite("wendy@acme.example", "Wendy")
            fleet.give(wendy, *codes)
        return fleet.signed_in(acme, wendy)

    return make
