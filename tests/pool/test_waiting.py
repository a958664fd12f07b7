import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.test import Client

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import ConnectionsBusy
from tenants.models import Tenant
from tests.pool.conftest import MakePool
from tests.pool.server import Watch


@contextmanager
def every_connection_taken(tenant: Tenant) -> Iterator[None]:
    """Another thread works for `tenant` and doesn't stop."""
    working, enough = threading.Event(), threading.Event()

    def work() -> None:
        with bound_to(tenant):
            User.objects.count()
            working.set()
            enough.wait(30)

    with ThreadPoolExecutor(1) as thread:
        at_work = thread.submit(work)
        working.wait(10)
        yield
        enough.set()
        at_work.result()


def test_waiting_ends_after_patience(make_pool: MakePool, watch: Watch, quartet: list[Tenant]) -> None:
    pool = make_pool(cap=1, cap_each=1, patience=0.3)
    place = quartet[0].place
    pool.lease(place.alias, watch.opener(place))

    began = time.monotonic()
    with pytest.raises(ConnectionsBusy, match=r"No connection became free within 0\.3 seconds"):
        pool.lease(place.alias, watch.opener(place))

    assert 0.3 <= time.monotonic() - began < 2
    assert pool.usage() == {place.alias: 1}


def test_whoever_waits_is_woken_when_a_connection_comes_back(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=1, cap_each=1, patience=30)
    one, other = (tenant.place for tenant in quartet[:2])
    taken = pool.lease(one.alias, watch.opener(one))

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(pool.lease, other.alias, watch.opener(other))
        time.sleep(0.2)
        assert not waiting.done()
        pool.give_back(taken)
        leased = waiting.result(timeout=5)

    assert leased.execute("SELECT current_database()").fetchone() == (other.database,)
    assert watch.counts() == {other.database: 1}


def test_a_visitor_is_asked_to_come_back_shortly(products_pool: MakePool, quartet: list[Tenant]) -> None:
    products_pool(cap=2, cap_each=1, reserved=1, patience=0.2)
    client = Client(SERVER_NAME=quartet[0].primary_host, raise_request_exception=False)
    signing_in = {"email": "owner@example.com", "password": "wrong"}

    with every_connection_taken(quartet[0]):
        answer = client.post("/sign-in/", signing_in)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.post("/sign-in/", signing_in).status_code == 422


def test_one_busy_tenant_leaves_the_others_alone(products_pool: MakePool, quartet: list[Tenant]) -> None:
    products_pool(cap=4, cap_each=1, reserved=1, patience=0.2)
    busy, other = quartet[:2]

    with every_connection_taken(busy), bound_to(other):
        assert User.objects.count() == 1
    with every_connection_taken(busy), bound_to(CATALOG):
        assert User.objects.count() >= 0
