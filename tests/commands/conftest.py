"""A tenant that is really there, and the catalog left as it was."""

from collections.abc import Callable

import pytest

from tenants.models import Tenant


@pytest.fixture
def initech(new_tenant: Callable[[str, str], Tenant]) -> Tenant:
    return new_tenant("initech", "Initech Ltd")
