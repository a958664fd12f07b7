from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.support.authenticator import Authenticator, give_device


@pytest.fixture
def phone(acme: Tenant, alice: User) -> Authenticator:
    """Alice's."""
    with bound_to(acme):
        return give_device(alice)


@pytest.fixture
def half_in(acme_client: Client, alice: User) -> Callable[[], Client]:
    """Alice has given her password, and nothing else."""

    def give() -> Client:
        assert acme_client.post("/sign-in/", {"email": alice.email, "password": PASSWORD}).status_code == 302
        return acme_client

    return give
