"""Rows of the catalog, without databases behind them: the console reads nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import request
from tenants.models import Operation, Server, Tenant, TenantState

TenantRow = Callable[..., Tenant]


@pytest.fixture
def tenant_row(catalog: None) -> TenantRow:
    """Makes a tenant's row: a slug, and what else matters to the test."""

    def make(slug: str, **values: Any) -> Tenant:
        row = {"name": slug.title(), "state": TenantState.ACTIVE, **values}
        with bound_to(CATALOG):
            server = Server.objects.first() or Server.objects.create(name="main")
            return Tenant.objects.create(slug=slug, server=server, **row)

    return make


@pytest.fixture
def initech(tenant_row: TenantRow) -> Tenant:
    return tenant_row("initech", name="Initech Ltd")


@pytest.fixture
def provisioning(tenant_row: TenantRow) -> Operation:
    """Initech is asked for, and nothing is done yet."""
    tenant = tenant_row("initech", name="Initech Ltd", state=TenantState.PROVISIONING)
    with bound_to(CATALOG):
        return request(
            Operation.Kind.PROVISION,
            tenant,
            "operator:oscar@amana.example",
            owner_email="ivy@initech.example",
            owner_name="Ivy",
        )
