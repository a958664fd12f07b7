import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from psycopg import Connection

from tenants.models import Tenant
from tenants.places import CATALOG, Place
from tenants.pool import Pool
from tests.pool.conftest import MakePool
from tests.pool.server import Watch, backend_of


def use(pool: Pool, watch: Watch, place: Place) -> int:
    """Lease and give back, as a request does; gives the backend that served it."""
    connection: Connection = pool.lease(place.alias, watch.opener(place))
    pool.give_back(connection)
    return backend_of(connection)


def test_a_newcomer_takes_the_place_of_the_least_recently_used(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=3, cap_each=2)
    one, two, three, newcomer = (tenant.place for tenant in quartet)
    first, second, third = (use(pool, watch, place) for place in (one, two, three))
    assert use(pool, watch, one) == first

    use(pool, watch, newcomer)

    assert pool.usage() == {one.alias: 1, three.alias: 1, newcomer.alias: 1}
    assert [watch.is_alive(backend) for backend in (first, second, third)] == [True, False, True]


def test_what_is_leased_is_never_evicted(make_pool: MakePool, watch: Watch, quartet: list[Tenant]) -> None:
    pool = make_pool(cap=2, cap_each=2)
    one, two, newcomer = (tenant.place for tenant in quartet[:3])
    working = pool.lease(one.alias, watch.opener(one))
    use(pool, watch, two)

    use(pool, watch, newcomer)

    assert pool.usage() == {one.alias: 1, newcomer.alias: 1}
    assert working.execute("SELECT current_database()").fetchone() == (one.database,)


def test_a_tenants_own_idle_connection_is_used_before_another_is_opened(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=4, cap_each=4)
    place = quartet[0].place

    assert len({use(pool, watch, place) for _ in range(20)}) == 1
    assert pool.usage() == {place.alias: 1}


def test_evicting_the_catalogs_connection_would_gain_a_tenant_nothing_and_is_not_done(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=3, cap_each=3, reserved=1)
    one, two, newcomer = (tenant.place for tenant in quartet[:3])
    catalog = use(pool, watch, CATALOG)
    for place in (one, two, newcomer):
        use(pool, watch, place)

    assert pool.usage() == {CATALOG.alias: 1, two.alias: 1, newcomer.alias: 1}
    assert watch.is_alive(catalog)


def test_idle_connections_are_closed_by_name_when_a_tenant_moves_or_closes(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=4, cap_each=2)
    one, two = (tenant.place for tenant in quartet[:2])
    gone, kept = use(pool, watch, one), use(pool, watch, two)

    pool.close_idle(one.alias)

    watch.wait_until(lambda: not watch.is_alive(gone))
    assert watch.is_alive(kept)
    assert pool.usage() == {two.alias: 1}


def test_a_slot_is_free_only_when_the_server_has_ended_the_session(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    """A server too busy to notice: its process stands still for a moment."""
    pool = make_pool(cap=1, cap_each=1)
    one, newcomer = (tenant.place for tenant in quartet[:2])
    slow = use(pool, watch, one)
    os.kill(slow, signal.SIGSTOP)

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(use, pool, watch, newcomer)
        time.sleep(0.3)
        meanwhile = watch.counts()
        os.kill(slow, signal.SIGCONT)
        waiting.result(timeout=5)

    assert meanwhile == {one.database: 1}
    assert watch.counts() == {newcomer.database: 1}
