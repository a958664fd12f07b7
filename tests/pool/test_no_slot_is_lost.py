"""After any storm of leases, errors and deaths the pool is as good as new."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import pytest
from psycopg import Connection, Error

from tenants.exceptions import ConnectionsBusy
from tenants.models import Tenant
from tenants.places import CATALOG, Place
from tenants.pool import Pool
from tests.pool.conftest import MakePool
from tests.pool.server import Watch, backend_of, connect_as_superuser

CAP, CAP_EACH, THREADS, TURNS = 5, 3, 8, 60
MISHAPS = ("none", "none", "transaction", "broken sql", "closed", "killed", "killed idle", "connect fails")


class Worker:
    """One thread's turns, each with a mishap that its seed decides."""

    def __init__(self, pool: Pool, watch: Watch, places: list[Place], seed: int) -> None:
        self.pool, self.watch, self.places = pool, watch, places
        self.chance = random.Random(seed)  # noqa: S311 - the same storm for the same seed
        self.happened: Counter[str] = Counter()

    def work(self) -> Counter[str]:
        with connect_as_superuser() as self.superuser:
            for _ in range(TURNS):
                self._turn(self.chance.choice(self.places), self.chance.choice(MISHAPS))
        return self.happened

    def _turn(self, place: Place, mishap: str) -> None:
        opener = refuse if mishap == "connect fails" else self.watch.opener(place)
        try:
            connection = self.pool.lease(place.alias, opener)
        except (ConnectionsBusy, ConnectionRefusedError) as error:
            self.happened[type(error).__name__] += 1
            return
        backend = backend_of(connection)
        try:
            found = connection.execute("SELECT current_database()").fetchone()
            assert found == (place.database,)
            self._suffer(mishap, connection)
        except Error:
            self.happened[mishap] += 1
        finally:
            self.pool.give_back(connection)
        if mishap == "killed idle":
            self._kill(backend)

    def _suffer(self, mishap: str, connection: Connection) -> None:
        if mishap == "transaction":
            connection.execute("BEGIN")
        elif mishap == "broken sql":
            connection.execute("SELECT 1/0")
        elif mishap == "closed":
            connection.close()
        elif mishap == "killed":
            self._kill(backend_of(connection))
            connection.execute("SELECT 1")

    def _kill(self, backend: int) -> None:
        self.superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def refuse() -> Connection:
    raise ConnectionRefusedError


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(3))
def test_after_a_storm_the_whole_cap_can_be_leased_again(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant], seed: int
) -> None:
    pool = make_pool(cap=CAP, cap_each=CAP_EACH, reserved=1, patience=20)
    places = [*(tenant.place for tenant in quartet), CATALOG]

    with ThreadPoolExecutor(THREADS) as threads:
        workers = [Worker(pool, watch, places, seed * 100 + number) for number in range(THREADS)]
        happened = sum((done.result() for done in [threads.submit(each.work) for each in workers]), Counter())

    assert happened["killed"] > 5
    assert happened["broken sql"] > 5
    assert happened["ConnectionRefusedError"] > 5
    assert happened["ConnectionsBusy"] == 0
    assert not pool._leased
    assert Counter(pool._idle.values()) == Counter(pool.usage())

    pool.patience = 0.0
    leased = [lease(pool, watch, place) for place in islice(cycle(places), CAP)]
    assert [_database(each) for each in leased] == [place.database for place in places]
    with pytest.raises(ConnectionsBusy):
        lease(pool, watch, places[0])
    assert sum(watch.counts().values()) == CAP


def test_nobody_waits_for_ever_when_threads_outnumber_connections(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=1, cap_each=1, patience=60)
    turn, done = threading.Lock(), Counter[str]()

    def work(place: Place) -> None:
        for _ in range(25):
            connection = lease(pool, watch, place)
            assert turn.acquire(blocking=False), "two hold the only connection"
            done[place.alias] += 1
            turn.release()
            pool.give_back(connection)

    with ThreadPoolExecutor(8) as threads:
        for each in [threads.submit(work, quartet[number % 2].place) for number in range(8)]:
            each.result(timeout=60)

    assert done == {quartet[0].place.alias: 100, quartet[1].place.alias: 100}


def lease(pool: Pool, watch: Watch, place: Place) -> Connection:
    return pool.lease(place.alias, watch.opener(place))


def _database(connection: Connection) -> str:
    return str(connection.info.dbname)
