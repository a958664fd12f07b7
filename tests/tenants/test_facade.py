"""The alias `default`: the bound connection itself, and never one of its own."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core.management.commands.dbshell import Command
from django.db import connection as django_connection
from django.db import connections, transaction
from django_tenants.utils import schema_context, tenant_context  # type: ignore[import-untyped]

from accounts.models import User
from tenants.binding import CATALOG, bound_alias, bound_to
from tenants.exceptions import BoundElsewhere, CrossTenantError, NoTenantBound
from tenants.models import Tenant

# As django-tenants sees it: an object that also speaks its interface.
connection: Any = django_connection


def test_it_is_the_same_connection_object(acme: Tenant) -> None:
    with bound_to(acme):
        assert connections["default"] == connections[acme.schema_name]
        assert connection.alias == acme.schema_name
        connection.ensure_connection()
        assert connection.connection is connections[acme.schema_name].connection
        assert connection.settings_dict["NAME"] == acme.schema_name


def test_bound_to_the_catalog_it_is_the_catalogs(catalog: None) -> None:
    with bound_to(CATALOG):
        assert connections["default"] == connections["catalog"]
        assert (connection.alias, connection.schema_name, connection.tenant) == ("catalog", "public", None)


def test_it_asks_the_database_that_is_bound(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex):
        with bound_to(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), session_user")
            assert cursor.fetchone() == (tenant.schema_name, tenant.schema_name)


def test_it_knows_the_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        assert connection.tenant == acme
        assert connection.schema_name == acme.schema_name


@pytest.mark.parametrize("word", ["tenant", "schema_name", "alias", "client"])
def test_unbound_it_knows_nobody(word: str) -> None:
    if word == "alias":
        assert connection.alias == "default"
        return
    with pytest.raises(NoTenantBound):
        getattr(connection, word)


def test_setting_the_bound_tenant_changes_nothing(acme: Tenant) -> None:
    with bound_to(acme):
        connection.set_tenant(acme)
        connection.set_schema(acme.schema_name)
        assert bound_alias() == acme.schema_name


def test_it_cant_be_set_to_another(acme: Tenant, globex: Tenant) -> None:
    with bound_to(acme):
        for attempt in (
            lambda: connection.set_tenant(globex),
            lambda: connection.set_schema(globex.schema_name),
            connection.set_schema_to_public,
        ):
            with pytest.raises(BoundElsewhere):
                attempt()
        assert bound_alias() == acme.schema_name
        assert User.objects.filter(email="alice@acme.example").exists()


def test_unbound_it_cant_be_set_at_all(acme: Tenant) -> None:
    for attempt in (
        lambda: connection.set_tenant(acme),
        lambda: connection.set_schema(acme.schema_name),
        connection.set_schema_to_public,
    ):
        with pytest.raises(NoTenantBound):
            attempt()


def test_the_catalog_is_public_already(catalog: None) -> None:
    with bound_to(CATALOG):
        connection.set_schema_to_public()
        assert bound_alias() == "catalog"


def test_django_tenants_own_contexts_rebind_nothing(acme: Tenant, globex: Tenant) -> None:
    with bound_to(acme):
        with pytest.raises(BoundElsewhere), tenant_context(globex):
            """Never reached."""
        with pytest.raises(BoundElsewhere), schema_context(globex.schema_name):
            """Never reached."""
        with pytest.raises(BoundElsewhere), cast(Any, globex):
            """Never reached."""
        assert bound_alias() == acme.schema_name


def test_unbound_django_tenants_own_contexts_bind_nothing(acme: Tenant) -> None:
    with pytest.raises(NoTenantBound), tenant_context(acme):
        """Never reached."""
    with pytest.raises(NoTenantBound), schema_context(acme.schema_name):
        """Never reached."""


def test_a_bare_atomic_acts_on_the_bound_database(new: Tenant) -> None:
    with bound_to(new):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert connections[new.schema_name].in_atomic_block
            User.objects.invite("ghost@example.com", "Ghost")
            raise ZeroDivisionError
        assert not connections[new.schema_name].in_atomic_block
        assert not User.objects.filter(email="ghost@example.com").exists()
        with transaction.atomic():
            User.objects.invite("real@example.com", "Real")
    with bound_to(new):
        assert User.objects.filter(email="real@example.com").exists()


def test_on_commit_runs_for_the_bound_database_once_it_commits(new: Tenant) -> None:
    heard: list[str] = []
    with bound_to(new):
        with transaction.atomic():
            transaction.on_commit(lambda: heard.append(f"bare {bound_alias()}"))
            transaction.on_commit(lambda: heard.append("by alias"), using=new.schema_name)
            User.objects.invite("real@example.com", "Real")
            assert heard == []
        assert heard == [f"bare {new.schema_name}", "by alias"]
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            transaction.on_commit(lambda: heard.append("never"))
            raise ZeroDivisionError
    assert len(heard) == 2


def test_another_alias_is_refused_while_bound(acme: Tenant, globex: Tenant) -> None:
    with bound_to(acme):
        for alias in (globex.schema_name, "catalog"):
            with pytest.raises(CrossTenantError):
                connections[alias].cursor()
            with pytest.raises(CrossTenantError), transaction.atomic(using=alias):
                """Never reached."""


def test_dbshell_is_refused_unbound(databases: None) -> None:
    with pytest.raises(NoTenantBound):
        Command().handle(database="default", parameters=[])


@pytest.fixture
def new(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()
