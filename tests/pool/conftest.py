import secrets
from collections.abc import Callable, Iterator

import pytest

from tenants.backend import base
from tenants.models import Tenant
from tenants.pool import Pool
from tests.pool.server import Watch, connect_as_superuser
from tests.support import fleet

MakePool = Callable[..., Pool]


@pytest.fixture
def watch(databases: None) -> Iterator[Watch]:
    with connect_as_superuser() as superuser:
        yield Watch(superuser, f"pool-{secrets.token_hex(4)}")


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    """Pools of a test's own; whatever they still hold after it is closed."""
    made: list[Pool] = []

    def make(cap: int, cap_each: int, reserved: int = 0, patience: float = 0.1) -> Pool:
        made.append(Pool(cap, cap_each, reserved, patience))
        return made[-1]

    yield make
    for pool in made:
        for connection in [*pool._idle, *pool._leased]:
            connection.close()


@pytest.fixture
def products_pool(make_pool: MakePool, monkeypatch: pytest.MonkeyPatch) -> MakePool:
    """The product works with a pool of the test's measures instead of its own."""

    def put_in(cap: int, cap_each: int, reserved: int = 1, patience: float = 0.1) -> Pool:
        pool = make_pool(cap, cap_each, reserved, patience)
        monkeypatch.setattr(base, "pool", pool)
        return pool

    return put_in


@pytest.fixture(scope="session")
def quartet(databases: None) -> Iterator[list[Tenant]]:
    """Four tenants that really commit."""
    tenants = [fleet.provision() for _ in range(4)]
    yield tenants
    for tenant in tenants:
        fleet.close(tenant)
