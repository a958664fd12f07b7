from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.models import Server, Tenant, TenantState
from tests.support import fleet

Named = Callable[[str], Tenant]


@pytest.fixture
def nobody_else(catalog: None) -> None:
    with bound_to(CATALOG):
        Tenant.objects.all().delete()


@pytest.fixture
def tenant(catalog: None) -> Named:
    """Rows of the catalog, without databases behind them."""

    def make(slug: str) -> Tenant:
        with bound_to(CATALOG):
            server = Server.objects.first() or Server.objects.create(name="main")
            return Tenant.objects.create(
                slug=slug, name=slug.title(), server=server, state=TenantState.ACTIVE, size_bytes=1000
            )

    return make


@pytest.fixture
def viewer_client(catalog: None, operator_client: Client) -> Client:
    """Priya sees copies, and may do nothing with them."""
    with bound_to(CATALOG):
        priya = User.objects.invite("priya@amana.example", "Priya")
        fleet.give(priya, "platform.backup:view")
        fleet.let_in(operator_client, priya)
    return operator_client
