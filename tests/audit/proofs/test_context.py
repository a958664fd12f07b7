"""Who acted is who acted: in whatever way a statement reaches PostgreSQL, it is told the right name, or refuses."""

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from itertools import pairwise

import psycopg
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from audit.context import ANONYMOUS, act_as, acting, acting_like, is_anyone_acting
from audit.middleware import ActingMiddleware
from audit.request_ids import RequestIds
from tenants.binding import bound_to, unbind
from tenants.models import Tenant
from tests.audit.proofs.log import events, new_events, nothing_logged, run

WRITES = 150


@pytest.fixture(autouse=True)
def empty(initech: Tenant) -> Iterator[None]:
    yield
    with bound_to(initech), acting("test"):
        Group.objects.filter(role=None).delete()


def write(name: str = "") -> None:
    Group.objects.create(name=name or f"g{next(numbers)}")


numbers = iter(range(10**9))


def actors_of(names: str, after: int = 0) -> dict[str, set[str]]:
    """Who made the groups whose names begin with each letter."""
    made = [event for event in events(after) if event.subject == "auth_group" and event.action == "insert"]
    return {letter: {e.actor for e in made if e.after["name"].startswith(letter)} for letter in names}


def test_threads_never_write_in_each_others_name(initech: Tenant) -> None:
    """Eight threads, two actors each: alone, in transactions, in savepoints, changing in mid-transaction."""
    failures: list[BaseException] = []

    def work(first: str, second: str) -> None:
        try:
            for number in range(WRITES):
                with bound_to(initech), acting(f"user:{first}"):
                    write(f"{first} alone {number}")
                    with transaction.atomic():
                        write(f"{first} together {number}")
                        with acting(f"user:{second}"), transaction.atomic():
                            write(f"{second} inside {number}")
                        write(f"{first} again {number}")
                    act_as(f"user:{second}")
                    write(f"{second} after {number}")
        except BaseException as failure:  # noqa: BLE001 - told by the test
            failures.append(failure)

    threads = [threading.Thread(target=work, args=pair) for pair in zip("abcdefgh", "ijklmnop", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with bound_to(initech):
        wrong = run(
            """SELECT count(*), count(*) FILTER (WHERE actor <> 'user:' || left(name, 1))
               FROM (SELECT actor, name FROM auth_group
                     LEFT JOIN LATERAL activity_api.read(2, of_subject => 'auth_group',
                                                         of_object => auth_group.id::text) ON true
                     WHERE name ~ '^[a-p] ') AS made"""
        )
    assert wrong == [(8 * WRITES * 5, 0)]


def test_a_thread_starts_with_nobody_acting(initech: Tenant) -> None:
    refused: list[str] = []

    def work() -> None:
        with bound_to(initech), pytest.raises(DatabaseError) as refusal:
            write()
        refused.append(str(refusal.value))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "Nobody is named as acting in this transaction." in refused[0]
    assert "with audit.context.acting(" in refused[0]


@pytest.mark.parametrize("thread_sensitive", [True, False])
def test_tasks_of_one_loop_never_write_in_each_others_name(initech: Tenant, thread_sensitive: bool) -> None:
    """With thread_sensitive they share a thread, and so one connection."""
    import asyncio  # noqa: PLC0415 - for this test alone

    def one(letter: str, number: int) -> None:
        with bound_to(initech):
            write(f"{letter} alone {number}")
            with transaction.atomic():
                write(f"{letter} first {number}")
                write(f"{letter} second {number}")

    async def person(letter: str) -> None:
        with acting(f"user:{letter}"):
            for number in range(25):
                await sync_to_async(one, thread_sensitive=thread_sensitive)(letter, number)
                await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(person("a"), person("b"), person("c"))

    async_to_sync(both)()
    with bound_to(initech):
        assert actors_of("abc") == {letter: {f"user:{letter}"} for letter in "abc"}


def test_two_tasks_that_take_turns_in_one_transaction_keep_their_names(initech: Tenant) -> None:
    """A raw share of one connection: each statement says who it is."""
    with bound_to(initech), new_events() as found, transaction.atomic():
        alice, bob = copy_context(), copy_context()
        alice.run(act_as, "user:alice")
        bob.run(act_as, "user:bob")
        for person in (alice, bob, alice, alice, bob):
            person.run(write)
    assert [event.actor for event in found] == [
        "user:alice",
        "user:bob",
        "user:alice",
        "user:alice",
        "user:bob",
    ]


def test_whoever_signs_in_in_mid_transaction_acts_from_there_on(initech: Tenant) -> None:
    with bound_to(initech), acting(ANONYMOUS), new_events() as found, transaction.atomic():
        write()
        act_as("user:alice")
        write()
        with acting("system:mail"):
            write()
        write()
        act_as(ANONYMOUS)
        write()
    assert [event.actor for event in found] == [
        ANONYMOUS,
        "user:alice",
        "system:mail",
        "user:alice",
        ANONYMOUS,
    ]


def test_a_savepoint_rolled_back_after_the_actor_changed_in_it(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found, transaction.atomic():
        write()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            act_as("user:bob")
            write()
            raise ZeroDivisionError
        write()
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting("user:carol"):
            write()
            raise ZeroDivisionError
        write()
    assert [event.actor for event in found] == ["user:alice", "user:bob", "user:bob"]


def test_a_savepoint_written_by_hand(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found, transaction.atomic():
        write()
        run("SAVEPOINT mine")
        act_as("user:bob")
        write()
        run("ROLLBACK TO SAVEPOINT mine")
        write()
    assert [event.actor for event in found] == ["user:alice", "user:bob"]


def test_a_nested_transaction_of_psycopgs_own(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found, transaction.atomic():
        write()
        with pytest.raises(ZeroDivisionError), connection.connection.transaction():
            act_as("user:bob")
            write()
            raise ZeroDivisionError
        write()
    assert [event.actor for event in found] == ["user:alice", "user:bob"]


def test_a_transaction_of_psycopgs_own_with_a_nested_one(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found:
        run("SELECT 1")
        with connection.connection.transaction():
            with pytest.raises(ZeroDivisionError), connection.connection.transaction():
                write()
                raise ZeroDivisionError
            write()
            with pytest.raises(ZeroDivisionError), connection.connection.transaction():
                act_as("user:bob")
                write()
                raise ZeroDivisionError
            write()
        write()
    assert [event.actor for event in found] == ["user:alice", "user:bob", "user:bob"]


def test_transactions_begun_and_ended_by_hand(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found:
        for _ in range(2):
            run("BEGIN")
            write()
            run("COMMIT")
        run("BEGIN")
        write()
        run("ROLLBACK")
        run("START TRANSACTION")
        write()
        run("COMMIT AND CHAIN")
        write()
        run("END")
    assert [event.actor for event in found] == ["user:alice"] * 4


def test_a_connection_out_of_autocommit(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found:
        transaction.set_autocommit(False)
        write()
        transaction.commit()
        write()
        transaction.rollback()
        write()
        act_as("user:bob")
        write()
        transaction.commit()
        transaction.set_autocommit(True)
    assert [event.actor for event in found] == ["user:alice", "user:alice", "user:bob"]


def test_a_cursor_kept_while_the_actor_changes(initech: Tenant) -> None:
    statement = "INSERT INTO auth_group (name) VALUES (%s)"
    with bound_to(initech), acting("user:alice"), new_events() as found, connection.cursor() as cursor:
        cursor.execute(statement, ["a"])
        act_as("user:bob")
        cursor.execute(statement, ["b"])
        with transaction.atomic():
            cursor.execute(statement, ["c"])
            act_as("user:carol")
            cursor.execute(statement, ["d"])
            act_as("user:dave")
            cursor.executemany(statement, [["e"], ["f"]])
            act_as("user:erin")
            with cursor.copy("COPY auth_group (name) FROM STDIN") as copy:
                copy.write_row(["g"])
    assert [event.actor[5] for event in found] == ["a", "b", "b", "c", "d", "d", "e"]


def test_what_runs_on_commit_acts_for_itself(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found, transaction.atomic():
        transaction.on_commit(write)
        write()
        act_as("user:bob")
        with acting("user:carol"):
            write()
    assert [event.actor for event in found] == ["user:alice", "user:carol", "user:bob"]


def test_a_connection_lost_and_opened_again_is_told_again(initech: Tenant) -> None:
    with bound_to(initech), acting("user:alice"), new_events() as found:
        write()
        connection.connection.close()
        connection.close()
        write()
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
            run("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.close()
        with transaction.atomic():
            act_as("user:bob")
            write()
    assert [event.actor for event in found] == ["user:alice", "user:alice", "user:bob"]


def test_the_next_to_use_a_connection_inherits_nothing(initech: Tenant) -> None:
    pids, refused = [], []
    for actor in ("user:alice", None, "user:bob"):
        with bound_to(initech):
            pids.append(run("SELECT pg_backend_pid()")[0][0])
            if actor:
                with acting(actor):
                    write()
            else:
                with nobody(), pytest.raises(DatabaseError) as refusal:
                    write()
                refused.append(str(refusal.value))
            setting = run("SELECT coalesce(current_setting('amana.ctx', true), '')")
            assert setting == [("",)]
    assert len(set(pids)) == 1
    assert "Nobody is named" in refused[0]


class nobody:  # noqa: N801 - reads as a word
    """Nobody acts inside."""

    def __enter__(self) -> None:
        self.said = acting_like(None)  # type: ignore[arg-type]
        self.said.__enter__()

    def __exit__(self, *_: object) -> None:
        self.said.__exit__(None, None, None)


WAYS: dict[str, Callable[[], object]] = {
    "save": lambda: Group(name="x").save(),
    "bulk_create": lambda: Group.objects.bulk_create([Group(name="x"), Group(name="y")]),
    "update": lambda: Group.objects.filter(name="there").update(name="x"),
    "delete": lambda: Group.objects.filter(role=None).delete(),
    "raw": lambda: run("INSERT INTO auth_group (name) VALUES ('x')"),
    "WITH": lambda: run("WITH new AS (INSERT INTO auth_group (name) VALUES ('x')) SELECT 1"),
    "MERGE": lambda: run(
        "MERGE INTO auth_group USING (SELECT 1) AS one ON false WHEN NOT MATCHED THEN INSERT (name) VALUES ('x')"
    ),
    "EXPLAIN ANALYZE": lambda: run("EXPLAIN ANALYZE INSERT INTO auth_group (name) VALUES ('x')"),
    "PREPARE": lambda: run("PREPARE p AS INSERT INTO auth_group (name) VALUES ('x'); EXECUTE p"),
    "two in one": lambda: run("SELECT 1; INSERT INTO auth_group (name) VALUES ('x')"),
    "psycopg's own": lambda: connection.connection.execute("INSERT INTO auth_group (name) VALUES ('x')"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "alone"])
def test_without_an_actor_nothing_is_written(initech: Tenant, way: str, inside: bool) -> None:
    with bound_to(initech):
        with acting("test"):
            Group.objects.create(name="there")
        with nothing_logged(), nobody(), pytest.raises((DatabaseError, psycopg.Error)) as refusal:
            if inside:
                with transaction.atomic():
                    WAYS[way]()
            else:
                WAYS[way]()
        assert [*Group.objects.filter(role=None).values_list("name", flat=True)] == ["there"]
    cause = refusal.value.__cause__ or refusal.value
    assert isinstance(cause, psycopg.Error)
    assert (cause.sqlstate, cause.diag.message_primary) == (
        "AM001",
        "Nobody is named as acting in this transaction.",
    )
    assert "acting(" in str(cause.diag.message_hint)


def test_what_a_pooler_left_behind_is_refused_as_stale(initech: Tenant) -> None:
    """A setting that outlives its transaction, as behind a pooler that hands sessions on."""
    with bound_to(initech):
        run(
            """SELECT set_config('amana.ctx', '{"actor": "user:alice", "at": "'
               || extract(epoch FROM now()) || '"}', false)"""
        )
        with nobody(), nothing_logged(), pytest.raises(DatabaseError) as refusal:
            write()
        assert isinstance(refusal.value.__cause__, psycopg.Error)
        assert refusal.value.__cause__.sqlstate == "AM002"
        assert "Write through Django's connection" in str(refusal.value)
        with acting("user:bob"), new_events() as found:
            write()
            with transaction.atomic():
                write()
        assert [event.actor for event in found] == ["user:bob", "user:bob"]
        run("RESET amana.ctx")


def test_lone_writes_each_stand_for_themselves(initech: Tenant) -> None:
    with bound_to(initech), new_events() as found:
        for actor, following in pairwise(["user:alice", "user:bob", "user:carol"]):
            with acting(actor):
                write()
                with pytest.raises(DatabaseError):
                    run("INSERT INTO auth_group (id, name) SELECT id, name FROM auth_group LIMIT 1")
                act_as(following)
                write()
    assert [event.actor for event in found] == ["user:alice", "user:bob", "user:bob", "user:carol"]


@pytest.mark.parametrize(
    "actor",
    [
        "user:O'Brien",
        'user:"; DROP TABLE x; --',
        "user:\\'",
        "user:名\n\t\\u0027",
        "user:" + "x" * 10000,
        "user:%s{}%",
    ],
)
@pytest.mark.parametrize("conforming", ["on", "off"])
def test_an_actor_may_have_any_name(initech: Tenant, actor: str, conforming: str) -> None:
    with bound_to(initech), acting(actor, reason="it's \\' \" why"), new_events() as found:
        run(f"SET standard_conforming_strings = {conforming}")
        write()
        run("RESET standard_conforming_strings")
    assert [(event.actor, event.reason) for event in found] == [(actor, "it's \\' \" why")]


def through_the_middleware(
    view: Callable[[HttpRequest], HttpResponseBase], tenant: Tenant, ip: str = "192.0.2.7"
) -> HttpResponseBase:
    with bound_to(tenant), nobody():
        return RequestIds(ActingMiddleware(view))(RequestFactory().get("/", REMOTE_ADDR=ip))


def test_a_request_acts_as_nobody_known_until_it_says_who(initech: Tenant) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        write()
        act_as("user:alice")
        write()
        return HttpResponse()

    with bound_to(initech), new_events() as found:
        through_the_middleware(view, initech)
    assert [(event.actor, event.ip) for event in found] == [
        (ANONYMOUS, "192.0.2.7"),
        ("user:alice", "192.0.2.7"),
    ]
    assert found[0].request == found[1].request != None  # noqa: E711 - the same, and there


def test_two_requests_have_two_numbers(initech: Tenant) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        write()
        return HttpResponse()

    with bound_to(initech), new_events() as found:
        for _ in range(2):
            through_the_middleware(view, initech)
    assert found[0].request != found[1].request


def test_a_streaming_response_acts_until_it_is_closed(initech: Tenant) -> None:
    def body() -> Iterator[bytes]:
        write()
        yield b"one"
        write()
        yield b"two"

    def view(_request: HttpRequest) -> StreamingHttpResponse:
        act_as("user:alice")
        return StreamingHttpResponse(body())

    with bound_to(initech), new_events() as found, nobody():
        response = ActingMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7"))
        assert isinstance(response, StreamingHttpResponse)
        assert response.getvalue() == b"onetwo"
        response.close()
        assert not is_anyone_acting()
    assert [(event.actor, event.ip) for event in found] == [("user:alice", "192.0.2.7")] * 2


def test_a_view_that_fails_leaves_nobody_acting(initech: Tenant) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with nobody():
        with pytest.raises(ZeroDivisionError):
            ActingMiddleware(view)(RequestFactory().get("/"))
        assert not is_anyone_acting()


@pytest.mark.parametrize("ip", ["", "unix:", "not an address", "10.0.0.1, 10.0.0.2", "x" * 500])
def test_an_address_that_is_none_is_left_out(initech: Tenant, ip: str) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        write()
        return HttpResponse()

    with bound_to(initech), new_events() as found:
        through_the_middleware(view, initech, ip)
    assert [event.ip for event in found] == [None]


def test_binding_again_in_mid_air_rolls_back_row_and_event(initech: Tenant) -> None:
    with bound_to(initech):
        before = len(events())
    with bound_to(initech):
        transaction.atomic().__enter__()
        write("lost")
        unbind()
    with bound_to(initech):
        assert len(events()) == before
        assert not Group.objects.filter(name="lost").exists()
