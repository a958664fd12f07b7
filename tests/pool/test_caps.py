import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import Connection

from tenants.exceptions import ConnectionsBusy
from tenants.models import Tenant
from tenants.places import CATALOG
from tenants.pool import Pool
from tests.pool.conftest import MakePool
from tests.pool.server import Watch

THREADS, LEASES = 12, 40


def test_under_contention_no_cap_is_passed_not_even_for_postgres(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=6, cap_each=3, reserved=1, patience=60)
    places = [*(tenant.place for tenant in quartet), CATALOG]

    def work(seed: int) -> None:
        chosen = random.Random(seed).choices(places, k=LEASES)  # noqa: S311 - a storm, not a secret
        for place in chosen:
            connection = pool.lease(place.alias, watch.opener(place))
            row = connection.execute("SELECT current_database() FROM pg_sleep(0.002)").fetchone()
            assert row == (place.database,)
            pool.give_back(connection)

    seen: list[tuple[dict[str, int], Counter[str]]] = []
    with ThreadPoolExecutor(THREADS) as threads:
        working = [threads.submit(work, seed) for seed in range(THREADS)]
        while not all(each.done() for each in working):
            seen.append((pool.usage(), watch.counts()))
            time.sleep(0.002)
        for each in working:
            each.result()

    assert len(seen) > 20
    for counts in (count for pair in seen for count in pair):
        assert sum(counts.values()) <= 6
        assert max(counts.values(), default=0) <= 3
    assert max(sum(usage.values()) for usage, _ in seen) == 6
    assert max(count for usage, _ in seen for count in usage.values()) == 3


def test_one_tenant_gets_no_more_than_its_cap_while_others_have_room(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=6, cap_each=2)
    greedy, other = (tenant.place for tenant in quartet[:2])
    for _ in range(2):
        pool.lease(greedy.alias, watch.opener(greedy))

    with pytest.raises(ConnectionsBusy):
        pool.lease(greedy.alias, watch.opener(greedy))

    pool.lease(other.alias, watch.opener(other))
    assert pool.usage() == {greedy.alias: 2, other.alias: 1}
    assert watch.counts() == {greedy.database: 2, other.database: 1}


def test_tenants_leave_the_catalog_its_slot(make_pool: MakePool, watch: Watch, quartet: list[Tenant]) -> None:
    pool = make_pool(cap=3, cap_each=3, reserved=1)
    one, other = (tenant.place for tenant in quartet[:2])
    pool.lease(one.alias, watch.opener(one))
    pool.lease(one.alias, watch.opener(one))

    with pytest.raises(ConnectionsBusy):
        pool.lease(other.alias, watch.opener(other))

    pool.lease(CATALOG.alias, watch.opener(CATALOG))
    assert watch.counts() == {one.database: 2, "catalog": 1}


def test_a_connection_that_fails_to_open_leaves_its_slot(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=1, cap_each=1)

    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            pool.lease(quartet[0].place.alias, refuse)

    assert pool.usage() == {}
    assert _can_lease(pool, watch, quartet[0])


def refuse() -> Connection:
    raise ConnectionRefusedError


def _can_lease(pool: Pool, watch: Watch, tenant: Tenant) -> bool:
    connection = pool.lease(tenant.place.alias, watch.opener(tenant.place))
    return connection.execute("SELECT current_database()").fetchone() == (tenant.place.database,)
