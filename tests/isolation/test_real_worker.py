"""A real Celery worker on the real broker: what was sent for one tenant runs for that tenant, or not at all."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import chain, group
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
from django.conf import settings
from django.utils.translation import get_language, override
from redis import Redis

from config.celery import app
from tenants.binding import CATALOG, bound_to, is_bound
from tenants.exceptions import NoTenantBound
from tenants.models import Tenant
from tests.isolation import tasks

PEOPLE = {"acme": ["Alice", "Bob", "Olivia"], "globex": ["Mallory", "Olivia"]}
Tamper = Callable[[dict[str, Any], dict[str, Any]], None]


@pytest.fixture(scope="module")
def worker(cast: dict[str, Tenant]) -> Iterator[list[bool]]:
    """Its answers to "are you bound?", asked after each task."""
    bound_after: list[bool] = []

    def ask(**_: Any) -> None:
        bound_after.append(is_bound())

    task_postrun.connect(ask)
    with start_worker(app, perform_ping_check=False, pool="solo", queues=["default"], loglevel="CRITICAL"):
        yield bound_after
    task_postrun.disconnect(ask)


@pytest.fixture(autouse=True)
def _nothing_ran_yet(worker: list[bool]) -> None:
    tasks.ran.clear()
    tasks.failed_once.clear()
    worker.clear()


@pytest.fixture
def acme(cast: dict[str, Tenant]) -> Tenant:
    """As committed, for the worker's eyes are its own."""
    return cast["acme"]


@pytest.fixture
def globex(cast: dict[str, Tenant]) -> Tenant:
    return cast["globex"]


def seen(word: str, tenant: Tenant) -> tuple[str, str, list[str]]:
    return (word, tenant.schema_name, PEOPLE[tenant.slug])


def wait_for(count: int, within: float = 15) -> list[tuple[str, str, list[str]]]:
    deadline = time.monotonic() + within
    while len(tasks.ran) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [*tasks.ran]


def nothing_more_ran(after: Tenant) -> list[str]:
    """The words noted, once a task sent last has run: the queue is worked off in order."""
    with bound_to(after):
        tasks.note.delay("the last")
    deadline = time.monotonic() + 15
    while "the last" not in [word for word, _, _ in tasks.ran] and time.monotonic() < deadline:
        time.sleep(0.02)
    return [word for word, _, _ in tasks.ran]


def test_each_runs_for_whom_it_was_sent(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex, acme):
        with bound_to(tenant):
            tasks.note.delay(tenant.slug)
    assert wait_for(3) == [seen("acme", acme), seen("globex", globex), seen("acme", acme)]


def test_sending_unbound_is_refused_and_nothing_runs(acme: Tenant) -> None:
    with pytest.raises(NoTenantBound):
        tasks.note.delay("x")
    with pytest.raises(NoTenantBound):
        chain(tasks.note.s("x"), tasks.note.s()).delay()
    with pytest.raises(NoTenantBound):
        group(tasks.note.s("x")).apply_async()
    assert nothing_more_ran(acme) == ["the last"]


def test_a_countdown_keeps_the_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        tasks.note.apply_async(("later",), countdown=0.5)
    assert wait_for(1) == [seen("later", acme)]


def test_a_retry_keeps_the_tenant(globex: Tenant) -> None:
    with bound_to(globex):
        tasks.note_and_retry.delay("again")
    assert wait_for(2) == [seen("again", globex)] * 2


def test_a_chain_keeps_the_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        chain(tasks.note.si("one"), tasks.note.si("two"), tasks.note.si("three")).delay()
    assert wait_for(3) == [seen(word, acme) for word in ("one", "two", "three")]


def test_a_chain_hands_its_results_on(acme: Tenant) -> None:
    with bound_to(acme):
        chain(tasks.note.s("one"), tasks.note.s(), tasks.note.s("more")).delay()
    assert wait_for(3) == [seen("one", acme)] * 3


def test_a_group_and_a_chain_into_a_group_keep_the_tenant(globex: Tenant) -> None:
    with bound_to(globex):
        group(tasks.note.si("a"), tasks.note.si("b")).delay()
        chain(tasks.note.si("c"), group(tasks.note.si("d"), tasks.note.si("e"))).delay()
    assert sorted(wait_for(5)) == [seen(word, globex) for word in "abcde"]


def test_a_callback_keeps_the_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        tasks.note.apply_async(("first",), link=tasks.note.si("then"))
    assert wait_for(2) == [seen("first", acme), seen("then", acme)]


def test_a_task_that_sends_another_keeps_the_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        tasks.send_another.delay("passed on")
    assert wait_for(1) == [seen("passed on", acme)]


def test_the_worker_is_unbound_after_success_and_after_failure(
    acme: Tenant, globex: Tenant, worker: list[bool]
) -> None:
    with bound_to(acme):
        tasks.note.delay("fine")
        tasks.note_and_fail.delay("broken")
    with bound_to(globex):
        tasks.note.delay("fine")
    assert wait_for(3) == [seen("fine", acme), seen("broken", acme), seen("fine", globex)]
    assert nothing_more_ran(acme)[-1] == "the last"
    assert worker[:3] == [False, False, False]


def test_the_platforms_task_runs_for_the_catalog_and_never_for_a_tenant(acme: Tenant) -> None:
    with bound_to(acme):
        tasks.of_the_platform.delay("asked by a tenant")
    with bound_to(CATALOG):
        tasks.of_the_platform.delay("asked by the platform")
    assert nothing_more_ran(acme) == ["asked by the platform", "the last"]


def test_a_suspended_tenants_task_does_not_run(new_tenant: Callable[[], Tenant], acme: Tenant) -> None:
    tenant = new_tenant()
    with bound_to(tenant):
        tasks.note.apply_async(("too late",), countdown=1)
        tasks.note.delay("in time")
    assert [word for word, _, _ in wait_for(1)] == ["in time"]
    with bound_to(CATALOG):
        tenant.suspend("test", "unpaid")
    time.sleep(1.5)
    assert nothing_more_ran(acme) == ["in time", "the last"]


def _another_tenant(message: dict[str, Any], other: dict[str, Any]) -> None:
    for name in ("alias", "tenant"):
        message["headers"]["amana_envelope"][name] = other["headers"]["amana_envelope"][name]


def _anothers_envelope(message: dict[str, Any], other: dict[str, Any]) -> None:
    message["headers"]["amana_envelope"] = other["headers"]["amana_envelope"]


def _another_task(message: dict[str, Any], _other: dict[str, Any]) -> None:
    message["headers"]["task"] = tasks.note_and_fail.name


def _other_arguments(message: dict[str, Any], _other: dict[str, Any]) -> None:
    args, kwargs, embedded = json.loads(base64.b64decode(message["body"]))
    assert args == ["the first"]
    message["body"] = base64.b64encode(json.dumps([["altered"], kwargs, embedded]).encode()).decode()


def _another_id(message: dict[str, Any], _other: dict[str, Any]) -> None:
    message["headers"]["id"] = message["properties"]["correlation_id"] = str(uuid4())


def _no_envelope(message: dict[str, Any], _other: dict[str, Any]) -> None:
    del message["headers"]["amana_envelope"]


def _no_signature(message: dict[str, Any], _other: dict[str, Any]) -> None:
    del message["headers"]["amana_envelope"]["signature"]


def _for_the_catalog(message: dict[str, Any], _other: dict[str, Any]) -> None:
    message["headers"]["amana_envelope"] |= {"alias": "catalog", "tenant": ""}


def _claims_a_direct_call(message: dict[str, Any], _other: dict[str, Any]) -> None:
    """As what needs no envelope, in each place that Celery reads; and for a task that needs no tenant."""
    _no_envelope(message, _other)
    claim = {"called_directly": True, "is_eager": True}
    _embed(message, **claim)
    message["headers"] |= {**claim, "task": tasks.of_the_platform.name}


def _a_chain_added(message: dict[str, Any], _other: dict[str, Any]) -> None:
    _embed(message, chain=[tasks.note.si("followed")])


def _a_callback_added(message: dict[str, Any], _other: dict[str, Any]) -> None:
    _embed(message, callbacks=[tasks.note.si("followed")])


def _embed(message: dict[str, Any], **added: Any) -> None:
    args, kwargs, embedded = json.loads(base64.b64decode(message["body"]))
    message["body"] = base64.b64encode(json.dumps([args, kwargs, embedded | added]).encode()).decode()


UNALTERED: Tamper = lambda _message, _other: None  # noqa: E731


@pytest.mark.parametrize(
    "tamper",
    [
        _another_tenant,
        _anothers_envelope,
        _another_task,
        _other_arguments,
        _another_id,
        _no_envelope,
        _no_signature,
        _for_the_catalog,
        _claims_a_direct_call,
        _a_chain_added,
        _a_callback_added,
    ],
)
def test_a_message_altered_in_the_queue_does_not_run(acme: Tenant, globex: Tenant, tamper: Tamper) -> None:
    through_the_queue(acme, globex, tamper)
    assert nothing_more_ran(acme) == ["the last"]


def test_a_message_put_back_unaltered_runs(acme: Tenant, globex: Tenant) -> None:
    """What the test above would see if altering were all that failed."""
    through_the_queue(acme, globex, UNALTERED)
    assert nothing_more_ran(acme) == ["the first", "the last"]


def through_the_queue(sender: Tenant, other: Tenant, tamper: Tamper) -> None:
    """Two messages taken from a queue that nobody consumes here; the first goes on, as `tamper` left it."""
    with Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket", "unix").split("?")[0]) as broker:
        broker.delete("drill")
        for tenant, word in ((sender, "the first"), (other, "the second")):
            with bound_to(tenant):
                tasks.note.apply_async((word,), queue="drill")
        first, second = (json.loads(broker.rpop("drill") or b"") for _ in range(2))
        tamper(first, second)
        first["properties"]["delivery_info"]["routing_key"] = "default"
        broker.lpush("default", json.dumps(first))


def test_a_task_speaks_the_settings_language_whoever_sends_it_and_whatever_ran_before(
    acme: Tenant, globex: Tenant
) -> None:
    with override("ar"):
        with bound_to(acme):
            tasks.say_the_language.delay("zh-hans")
        with bound_to(CATALOG):
            tasks.say_the_platforms_language.apply_async(("ar",), queue="default")
        with bound_to(globex):
            tasks.say_the_language.delay("ar")
    assert wait_for(3) == [
        ("en", acme.schema_name, []),
        ("en", "unbound", []),
        ("en", globex.schema_name, []),
    ]


def test_what_is_called_plainly_speaks_its_callers_language(acme: Tenant) -> None:
    with override("ar"), bound_to(acme):
        tasks.say_the_language("ar")
        eager = tasks.say_the_language.apply(("ar",))
        assert (eager.state, get_language()) == ("SUCCESS", "ar")
    assert [language for language, *_ in tasks.ran] == ["ar", "en"]
