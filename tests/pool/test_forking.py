"""A child of a process that is in the middle of everything."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_alias, bound_to
from tenants.models import Tenant
from tenants.pool import Pool
from tests.pool.conftest import MakePool
from tests.pool.server import Watch, backend_of
from tests.pool.sockets import inode, sockets_of

CHILDREN = 4
Report = dict[str, Any]


@pytest.fixture
def pool(products_pool: MakePool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """The product's pool of this test: like the product's own, it lets go in a child."""
    pool = products_pool(cap=8, cap_each=4)
    in_force = [True]
    os.register_at_fork(
        before=lambda: pool.close_idle() if in_force else None,
        after_in_child=lambda: pool.disown() if in_force else None,
    )
    yield pool
    in_force.clear()


def in_a_child(work: Callable[[], Report]) -> tuple[int, int]:
    """Forks; gives the child's pid and where its report can be read."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.write(writing, json.dumps(work()).encode())
    except BaseException as error:  # noqa: BLE001 - a child tells its parent, and pytest goes on in one process
        os.write(writing, json.dumps({"error": repr(error)}).encode())
    finally:
        os._exit(0)


def report_of(child: tuple[int, int]) -> Report:
    pid, reading = child
    with os.fdopen(reading) as pipe:
        told: Report = json.load(pipe)
    os.waitpid(pid, 0)
    return told


def own_work() -> Report:
    """What any child does: look at its sockets, then work on for the tenant that was bound."""
    sockets = sorted(sockets_of(os.getpid()))
    names = sorted(Contact.objects.values_list("name", flat=True))
    backend = connection.connection.info.backend_pid
    Contact(name=f"by {backend}").save(force_insert=True)
    return {"sockets": sockets, "names": names, "backend": backend, "alias": bound_alias()}


def test_four_children_share_no_socket_and_disturb_nobody(
    pool: Pool, watch: Watch, quartet: list[Tenant]
) -> None:
    acme, globex, initech = quartet[:3]
    with bound_to(acme):
        Contact.objects.all().delete()
    with bound_to(initech):
        assert Contact.objects.count() >= 0
    leased = pool.lease(globex.place.alias, watch.opener(globex.place))
    with bound_to(acme), transaction.atomic():
        Contact(name="not yet committed").save(force_insert=True)
        working = connection.connection
        held = {inode(each.fileno()) for each in (leased, working)}
        assert held <= sockets_of(os.getpid())

        told = [report_of(child) for child in [in_a_child(own_work) for _ in range(CHILDREN)]]

        assert connection.connection is working
        assert Contact.objects.filter(name="not yet committed").exists()
    assert leased.execute("SELECT current_database()").fetchone() == (globex.place.database,)

    assert [report.get("error") for report in told] == [None] * CHILDREN
    assert all(held.isdisjoint(report["sockets"]) for report in told)
    backends = {report["backend"] for report in told}
    assert len(backends | {backend_of(leased), backend_of(working)}) == CHILDREN + 2
    assert all("not yet committed" not in report["names"] for report in told)
    assert {report["alias"] for report in told} == {acme.place.alias}
    with bound_to(acme):
        saved = {*Contact.objects.values_list("name", flat=True)}
    assert saved == {"not yet committed", *(f"by {backend}" for backend in backends)}


def count_in_a_worker(tenant: Tenant) -> tuple[int, int, list[str]]:
    with bound_to(tenant):
        Contact.objects.count()
        backend = int(connection.connection.info.backend_pid)
    return os.getpid(), backend, sorted(sockets_of(os.getpid()))


def test_pythons_own_process_pool_shares_nothing_either(
    pool: Pool, watch: Watch, quartet: list[Tenant]
) -> None:
    leased = pool.lease(CATALOG.alias, watch.opener(CATALOG))

    with multiprocessing.get_context("fork").Pool(CHILDREN) as workers:
        told = workers.map(count_in_a_worker, quartet * 3, chunksize=1)
        workers.close()  # they end by themselves: one that is terminated just as it begins to wait never hears of it
        workers.join()

    assert all(inode(leased.fileno()) not in sockets for _, _, sockets in told)
    owner_of_backend = {backend: pid for pid, backend, _ in told}
    assert all(owner_of_backend[backend] == pid for pid, backend, _ in told)
    assert leased.execute("SELECT current_database()").fetchone() == ("catalog",)


def test_a_child_that_ends_ends_no_connection_of_its_parent(
    pool: Pool, watch: Watch, quartet: list[Tenant]
) -> None:
    leased = pool.lease(quartet[0].place.alias, watch.opener(quartet[0].place))

    told = report_of(in_a_child(lambda: {"sockets": sorted(_closed_by_hand(pool))}))

    assert told == {"sockets": []}
    assert watch.is_alive(backend_of(leased))
    assert leased.execute("SELECT 1").fetchone() == (1,)


def _closed_by_hand(pool: Pool) -> set[str]:
    for each in pool._inherited:
        each.close()
    return sockets_of(os.getpid()) & {inode(each.fileno()) for each in pool._leased}
