from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from tenants.binding import CATALOG, bound_alias, bound_to, in_catalog, is_bound, unbind
from tenants.exceptions import BoundElsewhere, CrossTenantError, NoTenantBound, OpenTransaction
from tenants.models import Tenant


def test_nothing_is_bound_at_first() -> None:
    assert not is_bound()
    with pytest.raises(NoTenantBound):
        bound_alias()


def test_a_block_binds_and_unbinds(acme: Tenant) -> None:
    with bound_to(acme):
        assert bound_alias() == acme.schema_name
    assert not is_bound()


def test_an_exception_unbinds_too(acme: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), bound_to(acme):
        raise ZeroDivisionError
    assert not is_bound()


def test_the_same_tenant_may_be_bound_again_inside(acme: Tenant) -> None:
    with bound_to(acme):
        with bound_to(acme):
            assert bound_alias() == acme.schema_name
        assert bound_alias() == acme.schema_name


@pytest.mark.parametrize("inner", ["globex", "catalog"])
def test_another_place_is_refused_inside(acme: Tenant, globex: Tenant, inner: str) -> None:
    target = globex if inner == "globex" else CATALOG
    with bound_to(acme):
        with pytest.raises(BoundElsewhere), bound_to(target):
            """Never reached."""
        assert bound_alias() == acme.schema_name


def test_a_transaction_keeps_its_binding(new_tenant: Callable[[], Tenant]) -> None:
    one, other = new_tenant(), new_tenant()
    with bound_to(one), transaction.atomic(), pytest.raises(OpenTransaction), bound_to(other):
        """Never reached."""


def test_unbinding_rolls_back_what_was_open(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    with bound_to(tenant):
        transaction.atomic().__enter__()
        User.objects.invite("ghost@example.com", "Ghost")
        unbind()
    with bound_to(tenant):
        assert not User.objects.filter(email="ghost@example.com").exists()


def test_what_is_noted_in_the_catalog_meanwhile_stays_when_the_transaction_is_rolled_back(
    new_tenant: Callable[[], Tenant],
) -> None:
    tenant = new_tenant()

    def note() -> str:
        Tenant.objects.filter(pk=tenant.pk).update(name="Noted")
        return bound_alias()

    with bound_to(tenant), pytest.raises(ZeroDivisionError), transaction.atomic():
        User.objects.invite("ghost@example.com", "Ghost")
        assert in_catalog(note) == "catalog"
        assert bound_alias() == tenant.schema_name
        assert User.objects.filter(email="ghost@example.com").exists()
        raise ZeroDivisionError

    with bound_to(tenant):
        assert not User.objects.filter(email="ghost@example.com").exists()
    with bound_to(CATALOG):
        assert Tenant.objects.get(pk=tenant.pk).name == "Noted"


def test_what_fails_in_the_catalog_leaves_the_binding_as_it_was(acme: Tenant) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with bound_to(acme):
        with pytest.raises(ZeroDivisionError):
            in_catalog(fail)
        assert bound_alias() == acme.schema_name


def test_a_tenants_rows_are_out_of_reach_from_there(acme: Tenant, alice: User) -> None:
    with bound_to(acme), pytest.raises(CrossTenantError):
        in_catalog(alice.refresh_from_db)


def test_in_the_catalog_already_nothing_changes(catalog: None) -> None:
    with bound_to(CATALOG):
        assert in_catalog(bound_alias) == "catalog"
        assert bound_alias() == "catalog"
