"""What one request does to its connection, the next one on it never sees."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.pool.conftest import MakePool


@dataclass(frozen=True)
class Trace:
    """A statement, and how to see what it left: `clean` where nothing was."""

    left_by: str
    seen_by: str
    dirty: str
    clean: str


TRACES = {
    "a setting": Trace("SET statement_timeout = '7s'", "SHOW statement_timeout", "7s", "1min"),
    "a setting of its own": Trace(
        "SET amana.canary = 'acme'", "SELECT coalesce(current_setting('amana.canary', true), '')", "acme", ""
    ),
    "a time zone": Trace("SET TimeZone = 'Asia/Riyadh'", "SHOW TimeZone", "Asia/Riyadh", "UTC"),
    "a search path": Trace(
        "SET search_path = pg_catalog", "SHOW search_path", "pg_catalog", '"$user", public'
    ),
    "read only": Trace("SET default_transaction_read_only = on", "SHOW transaction_read_only", "on", "off"),
    "an advisory lock": Trace(
        "SELECT pg_advisory_lock(4711)",
        "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
        "1",
        "0",
    ),
    "listening": Trace("LISTEN gossip", "SELECT count(*)::text FROM pg_listening_channels()", "1", "0"),
    "a prepared statement": Trace(
        "PREPARE plan AS SELECT 1", "SELECT count(*)::text FROM pg_prepared_statements", "1", "0"
    ),
    "a cursor": Trace(
        "DECLARE rest CURSOR WITH HOLD FOR SELECT 1",
        "SELECT count(*)::text FROM pg_cursors WHERE name = 'rest'",
        "1",
        "0",
    ),
}


@pytest.fixture
def tenant(products_pool: MakePool, quartet: list[Tenant]) -> Iterator[Tenant]:
    """Whoever works for it gets the same connection again."""
    pool = products_pool(cap=2, cap_each=1)
    yield quartet[0]
    assert pool.usage()[quartet[0].place.alias] == 1


def backend() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def value_of(cursor: CursorWrapper, query: str) -> str:
    cursor.execute(query)
    return str(cursor.fetchone()[0])


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES.keys())
def test_the_next_request_finds_none_of(tenant: Tenant, trace: Trace) -> None:
    with bound_to(tenant), connection.cursor() as cursor:
        cursor.execute(trace.left_by)
        assert value_of(cursor, trace.seen_by) == trace.dirty
        first = backend()

    with bound_to(tenant), connection.cursor() as cursor:
        assert value_of(cursor, trace.seen_by) == trace.clean
        assert backend() == first


def test_a_transaction_left_open_is_rolled_back(tenant: Tenant) -> None:
    with bound_to(tenant):
        transaction.atomic().__enter__()
        Contact(name="Half done").save(force_insert=True)
        first = backend()

    with bound_to(tenant):
        assert not Contact.objects.filter(name="Half done").exists()
        assert connection.get_autocommit()
        assert backend() == first


def test_a_transaction_left_broken_is_rolled_back(tenant: Tenant) -> None:
    with bound_to(tenant):
        first = backend()
        connection.connection.execute("BEGIN")
        connection.connection.pgconn.exec_(b"SELECT 1/0")

    with bound_to(tenant):
        assert Contact.objects.filter(name="Half done").count() == 0
        assert backend() == first


def test_a_transaction_closed_in_the_middle_keeps_no_hold_of_the_connection(tenant: Tenant) -> None:
    """The stock backend's is closed then; ours must not be somebody else's already."""
    with bound_to(tenant), transaction.atomic():
        connection.ensure_connection()
        held = connection.connection
        connection.close()

        assert held.closed
        transaction.set_rollback(True)

    with bound_to(tenant):
        assert Contact.objects.filter(name="Half done").count() == 0
