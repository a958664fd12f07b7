"""A security event outlives whatever it happened in, once, in order, and on the one connection there is."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from audit.context import act_as, acting
from audit.events import UnknownEvent, WrongDetails, kinds
from audit.recording import record
from tenants.backend import base
from tenants.binding import CATALOG, bind, bound_connection, bound_to, unbind
from tenants.exceptions import NoTenantBound
from tenants.models import Tenant
from tenants.pool import Pool
from tests.audit.looking import Line, lines, newest, security_events
from tests.audit.looking import kinds as told
from tests.audit.tasks import record_and_fail
from tests.lifecycle.looking import superuser

EVERY = [(kind.name, outcome) for kind in kinds().values() for outcome in kind.sentences]
DONE = "accounts.signed_out"


def signed_out(name: str) -> None:
    record("accounts.signed_out", name=name)


def names(tenant: Tenant, since: int) -> list[object]:
    return [event.details["name"] for event in security_events(tenant, since)]


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("page", ["outside", "inside", "in_a_savepoint"])
def test_a_page_that_raises_after_each_kind_leaves_it_once_with_the_right_actor(
    committed: Tenant, peter: User, peters_client: Client, page: str
) -> None:
    before = newest(committed)
    peters_client.raise_request_exception = False
    for kind, outcome in EVERY:
        assert peters_client.get(f"/{page}/", {"kind": kind, "outcome": outcome}).status_code == 500

    expected = []
    for kind, outcome in EVERY:
        undone = page != "outside" and outcome == "done"
        expected += [(kind, "failed" if undone else outcome), ("requests.answered", "failed")]
    found = security_events(committed, before)
    assert [(event.action, event.outcome) for event in found] == expected
    assert {event.actor for event in found} == {f"user:{peter.pk}"}
    assert {event.ip for event in found} == {"127.0.0.1"}
    assert len({event.request for event in found}) == len(EVERY)


@pytest.mark.usefixtures("pages")
def test_a_page_whose_connection_is_terminated_in_mid_block_leaves_it(
    committed: Tenant, peter: User, peters_client: Client
) -> None:
    before = newest(committed)
    peters_client.raise_request_exception = False
    page = peters_client.get("/losing_the_connection/", {"kind": DONE, "outcome": "done"})
    assert page.status_code == 503
    assert lines(committed, before) == [
        Line(DONE, "failed", f"user:{peter.pk}", "This failed, and nothing of it remains: x signed out")
    ]


@pytest.mark.usefixtures("pages")
def test_a_page_that_only_reads_may_record(committed: Tenant, peters_client: Client) -> None:
    before = newest(committed)
    assert peters_client.get("/committing/", {"kind": DONE, "outcome": "done"}).status_code == 200
    assert told(committed, before) == [(DONE, "done")]


def test_they_are_written_in_order_when_the_outermost_block_ends(committed: Tenant) -> None:
    before = newest(committed)
    with bound_to(committed):
        with transaction.atomic():
            signed_out("a")
            with transaction.atomic():
                signed_out("b")
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                signed_out("c")
                raise ZeroDivisionError
            with transaction.atomic(savepoint=False):
                signed_out("d")
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM activity_api.read(before_id => NULL) WHERE id > %s", [before]
                )
                assert cursor.fetchone() == (0,)
        signed_out("e")
    assert names(committed, before) == ["a", "b", "c", "d", "e"]
    assert [event.outcome for event in security_events(committed, before)] == [
        "done",
        "done",
        "failed",
        "done",
        "done",
    ]


def test_each_has_the_actor_and_the_reason_of_the_moment_it_was_recorded(committed: Tenant) -> None:
    before = newest(committed)
    with bound_to(committed), acting("anonymous", ip="203.0.113.7", request="r1", reason="a test"):
        with transaction.atomic():
            signed_out("a")
            act_as("user:1")
            signed_out("b")
            with acting("system:other"):
                signed_out("c")
        act_as("user:2")
    found = security_events(committed, before)
    assert [(each.actor, each.ip, each.request, each.reason) for each in found] == [
        ("anonymous", "203.0.113.7", "r1", "a test"),
        ("user:1", "203.0.113.7", "r1", "a test"),
        ("system:other", "", "", ""),
    ]


def test_after_a_database_error_in_the_block_it_is_written_all_the_same(committed: Tenant) -> None:
    before = newest(committed)
    with bound_to(committed), pytest.raises(DatabaseError), transaction.atomic():
        signed_out("before")
        with connection.cursor() as cursor:
            try:
                cursor.execute("SELECT 1 / 0")
            finally:
                signed_out("after")
    assert names(committed, before) == ["before", "after"]


def test_without_autocommit_it_waits_for_the_commit_and_survives_the_rollback(committed: Tenant) -> None:
    before = newest(committed)
    with bound_to(committed):
        for end in (transaction.commit, transaction.rollback):
            transaction.set_autocommit(False)
            User.objects.filter(name="Milton").update(language="en")
            signed_out(end.__name__)
            end()
            transaction.set_autocommit(True)
    assert [(event.details["name"], event.outcome) for event in security_events(committed, before)] == [
        ("commit", "done"),
        ("rollback", "failed"),
    ]


def test_an_unbinding_in_mid_block_leaves_it(committed: Tenant) -> None:
    before = newest(committed)
    bind(committed)
    transaction.atomic(using=bound_connection().alias).__enter__()
    signed_out("left open")
    unbind()
    assert told(committed, before) == [(DONE, "failed")]


def test_a_thousand_in_one_block(committed: Tenant) -> None:
    before = newest(committed)
    began = time.monotonic()
    with bound_to(committed), transaction.atomic():
        for number in range(1000):
            signed_out(str(number))
    assert time.monotonic() - began < 10
    assert names(committed, before) == [str(number) for number in range(1000)]


def test_in_a_test_the_block_around_it_is_none_of_the_products(acme: Tenant) -> None:
    before = newest(acme)
    with bound_to(acme):
        signed_out("at once")
        with transaction.atomic():
            signed_out("in a block")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            signed_out("rolled back")
            raise ZeroDivisionError
    assert [(event.details["name"], event.outcome) for event in security_events(acme, before)] == [
        ("at once", "done"),
        ("in a block", "done"),
        ("rolled back", "failed"),
    ]


def test_bound_to_the_catalog_it_is_the_platforms(catalog: None) -> None:
    before = newest(CATALOG)
    with bound_to(CATALOG):
        signed_out("Oscar")
    assert told(CATALOG, before) == [(DONE, "done")]


def test_unbound_there_is_no_log_to_write() -> None:
    with pytest.raises(NoTenantBound):
        signed_out("nobody")


def test_what_acme_records_is_acmes_alone(acme: Tenant, globex: Tenant) -> None:
    before, before_at_globex = newest(acme), newest(globex)
    with bound_to(acme):
        signed_out("Alice")
    assert told(acme, before) == [(DONE, "done")]
    assert told(globex, before_at_globex) == []


@pytest.mark.parametrize("target", ["audit.event", "audit.event_default"])
def test_mallory_neither_reads_nor_writes_the_tables_behind_it(globex: Tenant, target: str) -> None:
    with bound_to(globex):
        for statement in (
            f"SELECT FROM {target}",
            f"DELETE FROM {target}",
            f"INSERT INTO {target} DEFAULT VALUES",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_what_is_not_declared_is_refused_and_leaves_nothing(acme: Tenant) -> None:
    before = newest(acme)
    with bound_to(acme):
        for kind, outcome in [("accounts.sang", "done"), ("accounts.signed_out", "refused")]:
            with pytest.raises(UnknownEvent):
                record(kind, outcome)  # type: ignore[arg-type]
        for details in ({}, {"name": "Alice", "password": "x"}, {"address": "x"}, {"name": ["Alice"]}):
            with pytest.raises(WrongDetails):
                record("accounts.signed_out", **details)
    assert told(acme, before) == []


def test_where_nobody_acts_nothing_is_recorded(acme: Tenant) -> None:
    before = newest(acme)
    with ThreadPoolExecutor(1) as another, bound_to(acme), pytest.raises(LookupError):
        another.submit(signed_out, "nobody").result()
    assert told(acme, before) == []


@pytest.fixture
def log_shut(committed: Tenant) -> Iterator[None]:
    """The door of the log is locked, as if something had gone wrong with it."""
    door = "ON FUNCTION activity_api.record(text, text, text, text, jsonb)"
    with superuser(committed.place.database) as server:
        server.execute(f"REVOKE EXECUTE {door} FROM tenant_runtime".encode())
        yield
        server.execute(f"GRANT EXECUTE {door} TO tenant_runtime".encode())


def test_what_cannot_be_recorded_is_said_and_raises(
    committed: Tenant, log_shut: None, caplog: pytest.LogCaptureFixture
) -> None:
    with bound_to(committed):
        with pytest.raises(DatabaseError, match="permission denied"):
            signed_out("Peter")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            signed_out("Peter")
            signed_out("Milton")
    said = [(each.levelno, each.getMessage()) for each in caplog.records if each.name == "audit.recording"]
    assert said == [
        (logging.ERROR, "Not in the activity log: accounts.signed_out"),
        (logging.ERROR, "Not in the activity log: accounts.signed_out, accounts.signed_out"),
    ]


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    pool = Pool(2, 1, 1, 10.0)
    monkeypatch.setattr(base, "pool", pool)
    yield pool
    pool.close_idle()


def test_one_connection_to_a_tenant_is_enough_for_many_threads(
    committed: Tenant, one_connection: Pool
) -> None:
    before = newest(committed)

    def work(number: int) -> None:
        with acting(f"system:thread-{number}"), bound_to(committed):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                User.objects.count()
                signed_out(str(number))
                raise ZeroDivisionError
            signed_out(str(number))

    with ThreadPoolExecutor(6) as threads:
        [*threads.map(work, range(24))]

    found = security_events(committed, before)
    assert {(each.actor, each.details["name"]) for each in found} == {
        (f"system:thread-{number}", str(number)) for number in range(24)
    }
    assert len(found) == 48


def test_a_task_records_as_who_sent_it(committed: Tenant) -> None:
    before = newest(committed)
    with bound_to(committed), acting("user:7"), pytest.raises(ZeroDivisionError):
        record_and_fail.apply(throw=True)
    assert lines(committed, before) == [
        Line(DONE, "failed", "user:7", "This failed, and nothing of it remains: a task signed out")
    ]
