from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from tenants.binding import CATALOG, bound_alias, bound_to, is_bound, unbind
from tenants.exceptions import BoundElsewhere, NoTenantBound, OpenTransaction
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
