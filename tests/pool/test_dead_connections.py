import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.pool.conftest import MakePool
from tests.pool.server import Watch, backend_of
from tests.support.fleet import client_of


def test_an_idle_connection_that_the_server_ended_is_replaced(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=2, cap_each=2)
    place = quartet[0].place
    dead = [pool.lease(place.alias, watch.opener(place)) for _ in range(2)]
    for each in dead:
        pool.give_back(each)
        watch.terminate(backend_of(each))

    fresh = pool.lease(place.alias, watch.opener(place))

    assert fresh not in dead
    assert fresh.execute("SELECT current_database()").fetchone() == (place.database,)
    assert pool.usage() == {place.alias: 1}


def test_one_that_dies_at_work_frees_its_slot(
    make_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = make_pool(cap=1, cap_each=1)
    place = quartet[0].place
    dead = pool.lease(place.alias, watch.opener(place))
    watch.terminate(backend_of(dead))

    pool.give_back(dead)

    fresh = pool.lease(place.alias, watch.opener(place))
    assert fresh is not dead
    assert fresh.execute("SELECT 1").fetchone() == (1,)
    assert pool.usage() == {place.alias: 1}


def test_the_user_sees_no_error_after_every_connection_was_ended(
    products_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    products_pool(cap=4, cap_each=2)
    client = client_of(quartet[0].primary_host)
    assert client.get("/sign-in/").status_code == 200
    with bound_to(quartet[0]):
        assert User.objects.count() == 1
    assert watch.terminate_all_of(quartet[0].place.database) >= 1
    with bound_to(quartet[0]):
        assert User.objects.count() == 1
    assert Client(SERVER_NAME=quartet[0].primary_host).get("/sign-in/").status_code == 200


def test_a_request_that_loses_its_connection_fails_and_the_next_one_works(
    products_pool: MakePool, watch: Watch, quartet: list[Tenant]
) -> None:
    pool = products_pool(cap=2, cap_each=1)
    with bound_to(quartet[0]), pytest.raises(OperationalError):
        assert User.objects.count() == 1
        watch.terminate(connection.connection.info.backend_pid)
        User.objects.count()
    assert pool.usage() == {}

    with bound_to(quartet[0]):
        assert User.objects.count() == 1
