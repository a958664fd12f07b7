"""Host → tenant: asked once, forgotten at once when something changes, right without Valkey."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError

from audit.context import acting
from tenants import hosts
from tenants.binding import CATALOG, bind, bound_to, unbind
from tenants.exceptions import TenantUnavailable
from tenants.hosts import find_tenant
from tenants.models import Tenant, TenantState

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def status_of(tenant: Tenant) -> int:
    return Client(SERVER_NAME=tenant.primary_host).get("/sign-in/").status_code


def questions(host: str) -> int:
    """How often finding `host` asks the catalog."""
    asked: list[str] = []
    real = hosts._ask_catalog
    with pytest.MonkeyPatch.context() as patch:

        def counted(host: str) -> Tenant | None:
            asked.append(host)
            return real(host)

        patch.setattr(hosts, "_ask_catalog", counted)
        find_tenant(host)
    return len(asked)


def in_a_thread(work: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with acting("test"), bound_to(CATALOG):
                work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert failed == []


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()


@contextmanager
def no_valkey() -> Iterator[None]:
    """The platform's cache looks for its server where nobody listens."""
    dead = RedisCache("unix:///nonexistent/valkey.sock", {})
    with pytest.MonkeyPatch.context() as patch:
        for name in ("get_many", "set", "set_many", "get_or_set"):
            patch.setattr(caches["platform"], name, getattr(dead, name))
        with pytest.raises(RedisError):
            caches["platform"].get_many(["x"])
        yield


def test_the_second_request_doesnt_ask_the_catalog(tenant: Tenant) -> None:
    assert [questions(tenant.primary_host) for _ in range(3)] == [1, 0, 0]


def test_what_is_remembered_is_the_whole_tenant(tenant: Tenant) -> None:
    asked, remembered = find_tenant(tenant.primary_host), find_tenant(tenant.primary_host)
    assert asked is not None
    assert remembered is not None
    assert remembered == asked == tenant
    assert remembered.place == asked.place == tenant.place
    assert remembered.server == asked.server
    assert remembered.name == asked.name


def test_a_request_asks_the_catalog_no_query_once_remembered(tenant: Tenant) -> None:
    status_of(tenant)
    bind(CATALOG)
    try:
        with CaptureQueriesContext(connection) as asked:
            unbind()
            assert status_of(tenant) == 200
            bind(CATALOG)
    finally:
        unbind()
    assert [*asked] == []


def test_nobody_at_an_unknown_host_is_remembered(databases: None) -> None:
    assert [questions("nobody.localhost") for _ in range(2)] == [1, 1]
    assert caches["platform"].get("host:nobody.localhost") is None


def test_a_host_nobody_has_leaves_nothing_in_valkey_for_good(databases: None) -> None:
    find_tenant("nobody2.localhost")
    name = caches["platform"].make_key("epoch:nobody2.localhost")
    client = caches["platform"]._cache.get_client()  # type: ignore[attr-defined]
    assert 0 < client.ttl(name) <= 900


def test_suspending_resuming_and_leaving_count_on_the_very_next_request(tenant: Tenant) -> None:
    assert status_of(tenant) == 200
    in_a_thread(lambda: tenant.suspend("test", "unpaid"))
    assert status_of(tenant) == 503
    in_a_thread(lambda: tenant.resume("test"))
    assert status_of(tenant) == 200
    in_a_thread(lambda: tenant.leave("test", "notice"))
    assert status_of(tenant) == 503
    in_a_thread(lambda: tenant.close("test"))
    assert status_of(tenant) == 404


def test_another_process_is_heard_too(tenant: Tenant) -> None:
    assert status_of(tenant) == 200
    command = [sys.executable, str(MANAGE), "suspend_tenant", tenant.slug, "--reason", "unpaid"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    assert status_of(tenant) == 503


def test_a_change_that_is_rolled_back_changes_nothing(tenant: Tenant) -> None:
    assert status_of(tenant) == 200
    with bound_to(CATALOG), pytest.raises(RuntimeError, match="rolled back"):
        _suspend_and_fail(tenant)
    assert status_of(tenant) == 200


def _suspend_and_fail(tenant: Tenant) -> None:
    with transaction.atomic():
        tenant.suspend("test", "unpaid")
        raise RuntimeError("rolled back")


def test_an_answer_read_before_a_change_and_stored_after_it_is_never_used(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = hosts._ask_catalog

    def slow(host: str) -> Tenant | None:
        answer = real(host)
        monkeypatch.setattr(hosts, "_ask_catalog", real)
        in_a_thread(lambda: tenant.suspend("test", "unpaid"))
        return answer

    monkeypatch.setattr(hosts, "_ask_catalog", slow)
    late = find_tenant(tenant.primary_host)
    now = find_tenant(tenant.primary_host)

    assert late is not None
    assert now is not None
    assert (late.state, now.state) == ("active", "suspended")


def test_without_valkey_the_catalog_is_asked_each_time(tenant: Tenant) -> None:
    assert status_of(tenant) == 200
    with no_valkey():
        assert [questions(tenant.primary_host) for _ in range(2)] == [1, 1]
        with bound_to(CATALOG):
            Tenant.objects.filter(pk=tenant.pk).update(state="suspended")
        assert status_of(tenant) == 503


def test_without_valkey_nothing_is_suspended_that_might_be_forgotten(tenant: Tenant) -> None:
    with no_valkey(), bound_to(CATALOG), pytest.raises(TenantUnavailable, match="nothing was changed"):
        tenant.suspend("operator:oscar", "unpaid")
    with bound_to(CATALOG):
        assert Tenant.objects.get(pk=tenant.pk).state == TenantState.ACTIVE
    assert status_of(tenant) == 200
