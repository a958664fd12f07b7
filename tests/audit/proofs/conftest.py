"""Initech, whose tables may be made and dropped, for as long as the tests of this folder run."""

from collections.abc import Callable, Iterator
from typing import LiteralString

import pytest
from pytest_django import DjangoDbBlocker

from audit.attaching import attach_all
from audit.context import acting
from tenants.binding import bound_to
from tenants.models import Tenant
from tenants.provisioner import execute, owner_of, provisioner
from tests.support import fleet

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


@pytest.fixture(scope="package")
def initech(databases: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    """A tenant that really commits."""
    with django_db_blocker.unblock(), acting("test"):
        tenant = fleet.provision(name="Initech")
        yield tenant
        fleet.close(tenant)


@pytest.fixture
def at_initech(initech: Tenant) -> Iterator[Tenant]:
    with bound_to(initech):
        yield initech


def tables_of(tenant: Tenant) -> set[str]:
    with owner_of(tenant.place) as connection:
        return {name for (name,) in connection.execute(TABLES).fetchall()}


def attach(tenant: Tenant) -> None:
    """As the step after each migrate does."""
    with provisioner(tenant.place.database, tenant.place) as connection:
        attach_all(connection, "tenant_owner")


@pytest.fixture
def migrate(initech: Tenant) -> Iterator[Callable[..., None]]:
    """Statements of a migration at Initech, run as its owner, and the tables attached (unless `attached` is False)."""
    before = tables_of(initech)

    def run(*statements: LiteralString, attached: bool = True) -> None:
        with owner_of(initech.place) as connection:
            for statement in statements:
                connection.execute(statement)
        if attached:
            attach(initech)

    yield run
    with owner_of(initech.place) as connection:
        for name in tables_of(initech) - before:
            execute(connection, "DROP TABLE IF EXISTS {} CASCADE", name)
