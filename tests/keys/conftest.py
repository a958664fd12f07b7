"""Acme and Globex get two tables with encrypted columns, for as long as the tests of this folder run."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as product
from django.db import connections
from pytest_django import DjangoDbBlocker, Settings

from keys.remembering import memory
from tenants.models import Tenant
from tenants.provisioner import bound_to_owner_of
from tests.keys.vault.models import MODELS

APP = "tests.keys.vault"


def make_tables(tenant: Tenant) -> None:
    with bound_to_owner_of(tenant.place) as alias, connections[alias].schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)


def drop_tables(tenant: Tenant) -> None:
    with bound_to_owner_of(tenant.place) as alias, connections[alias].schema_editor() as editor:
        for model in MODELS:
            editor.delete_model(model)


@pytest.fixture(scope="package")
def vaults(cast: dict[str, Tenant], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        for tenant in cast.values():
            make_tables(tenant)
        yield
        for tenant in cast.values():
            drop_tables(tenant)


@pytest.fixture(autouse=True)
def vault(vaults: None, settings: Settings) -> Iterator[None]:
    settings.INSTALLED_APPS = [*product.INSTALLED_APPS, APP]
    settings.TENANT_LABELS = {*product.TENANT_LABELS, "vault"}
    memory.forget()
    yield
    memory.forget()


@pytest.fixture
def new_vault(new_tenant: Callable[[], Tenant]) -> Callable[[], Tenant]:
    """Tenants that really commit, with the two tables."""

    def provision() -> Tenant:
        tenant = new_tenant()
        make_tables(tenant)
        return tenant

    return provision


@pytest.fixture
def initech(new_vault: Callable[[], Tenant]) -> Tenant:
    """A tenant whose keys may be destroyed."""
    return new_vault()
