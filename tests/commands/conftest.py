"""A tenant that is really there, and the catalog left as it was."""

from collections.abc import Callable, Iterator

import pytest

from tenants.models import Tenant
from tests.support import fleet


@pytest.fixture
def hooli(new_tenant: Callable[[str, str], Tenant]) -> Tenant:
    return new_tenant("hooli", "Hooli Ltd")


@pytest.fixture(scope="module")
def two(databases: None) -> Iterator[tuple[Tenant, Tenant]]:
    """For the tests of one file that leave both as they found them."""
    pair = (fleet.provision(), fleet.provision())
    yield pair
    for tenant in pair:
        fleet.close(tenant)
