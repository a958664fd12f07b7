"""A task acts for whoever sent it, proved by its envelope; beat's and commands for themselves."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import chain, group
from celery.beat import ScheduleEntry
from celery.contrib.testing.worker import start_worker
from celery.schedules import schedule
from django.conf import settings
from django.contrib.auth.models import Group
from redis import Redis

from audit.context import acting, acting_like
from config.celery import app
from tenants.binding import CATALOG, bound_to
from tenants.celery import CatalogScheduler
from tenants.models import Tenant
from tests.audit.proofs import tasks
from tests.audit.proofs.log import Event, events
from tests.support.command_line import manage

BROKER = settings.CELERY_BROKER_URL.replace("redis+socket", "unix").split("?")[0]
NOBODY: Any = None


@pytest.fixture(scope="module")
def worker(initech: Tenant) -> Iterator[None]:
    with start_worker(app, perform_ping_check=False, pool="solo", queues=["default"], loglevel="CRITICAL"):
        yield


@pytest.fixture
def at(initech: Tenant, worker: None) -> Tenant:
    return initech


def made(name: str, place: Any, within: float = 15) -> Event:
    """The event of the group of that name, as soon as a worker has written it."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with bound_to(place):
            for event in reversed(events()):
                if event.subject == "auth_group" and event.after and event.after.get("name") == name:
                    return event
        time.sleep(0.05)
    raise AssertionError(f"nobody wrote {name}")


def name() -> str:
    return uuid4().hex


def who(event: Event) -> tuple[str, str | None, str | None, str | None]:
    return event.actor, event.request, event.ip, event.reason


ALICE = ("user:alice", "r-7", "192.0.2.7", "ticket")


def alice() -> Any:
    return acting("user:alice", request="r-7", ip="192.0.2.7", reason="ticket")


SENDING: dict[str, Callable[[str], object]] = {
    "delay": tasks.write_group.delay,
    "countdown": lambda word: tasks.write_group.apply_async((word,), countdown=0.3),
    "retry": tasks.write_at_second_attempt.delay,
    "a task that sends it": tasks.pass_on.delay,
    "end of a chain": lambda word: chain(tasks.write_group.si(name()), tasks.write_group.si(word)).delay(),
    "callback": lambda word: tasks.write_group.apply_async((name(),), link=tasks.write_group.si(word)),
    "callback of a failure": lambda word: tasks.fail.apply_async(link_error=tasks.write_group.si(word)),
    "group": lambda word: group(tasks.write_group.si(word), tasks.write_group.si(name())).delay(),
    "send_task": lambda word: app.send_task(tasks.write_group.name, (word,)),
}


@pytest.mark.parametrize("way", SENDING)
def test_a_task_acts_for_whoever_sent_it(at: Tenant, way: str) -> None:
    word = name()
    with bound_to(at), alice():
        SENDING[way](word)
    assert who(made(word, at)) == ALICE


def test_the_platforms_task_acts_for_the_operator_who_sent_it(at: Tenant, real_catalog: None) -> None:
    word = name()
    with bound_to(CATALOG), acting("operator:oscar", request="r-8"):
        tasks.write_in_the_catalog.delay(word)
    assert who(made(word, CATALOG)) == ("operator:oscar", "r-8", None, None)
    with bound_to(CATALOG):
        Group.objects.filter(name=word).delete()


def test_run_at_once_it_acts_for_the_caller(initech: Tenant) -> None:
    direct, eager = name(), name()
    with bound_to(initech), alice():
        tasks.write_group(direct)
        tasks.write_group.apply((eager,))
    assert [who(made(word, initech)) for word in (direct, eager)] == [ALICE, ALICE]


def test_what_beat_sends_acts_for_itself(at: Tenant, tmp_path: Any) -> None:
    word = name()
    entry = ScheduleEntry(
        name="nightly",
        task=tasks.write_in_the_catalog.name,
        schedule=schedule(timedelta(days=1)),
        args=(word,),
        options={"queue": "default"},
        app=app,
    )
    with acting_like(NOBODY):
        CatalogScheduler(app, schedule_filename=str(tmp_path / "beat"), lazy=True).apply_async(
            entry, advance=False
        )
    assert made(word, CATALOG).actor == f"system:{tasks.write_in_the_catalog.name}"
    with bound_to(CATALOG):
        Group.objects.filter(name=word).delete()


def _another_actor(envelope: dict[str, Any]) -> None:
    envelope["actor"]["actor"] = "user:bob"


def _another_request(envelope: dict[str, Any]) -> None:
    envelope["actor"]["request"] = "r-666"


def _nobody(envelope: dict[str, Any]) -> None:
    envelope["actor"] = None


def _no_actor(envelope: dict[str, Any]) -> None:
    del envelope["actor"]


def _more(envelope: dict[str, Any]) -> None:
    envelope["actor"]["more"] = "x"


def _unaltered(_envelope: dict[str, Any]) -> None:
    pass


@pytest.mark.parametrize("alter", [_another_actor, _another_request, _nobody, _no_actor, _more, _unaltered])
def test_an_actor_altered_in_the_queue_is_refused(
    at: Tenant, alter: Callable[[dict[str, Any]], None]
) -> None:
    altered, last = name(), name()
    with bound_to(at), alice(), Redis.from_url(BROKER) as broker:
        broker.delete("drill")  # what pages of other tests have asked for
        tasks.write_group.apply_async((altered,), queue="drill")
        message = json.loads(broker.rpop("drill") or b"")
        alter(message["headers"]["amana_envelope"])
        message["properties"]["delivery_info"]["routing_key"] = "default"
        broker.lpush("default", json.dumps(message))
        tasks.write_group.delay(last)
    made(last, at)
    if alter is _unaltered:
        made(altered, at)
    else:
        with bound_to(at):
            assert not Group.objects.filter(name=altered).exists()


def test_a_command_acts_under_its_name(initech: Tenant) -> None:
    """In a process of its own."""
    word = name()
    said = manage(
        "shell",
        "--tenant",
        initech.slug,
        "--verbosity=0",
        "-c",
        f"from django.contrib.auth.models import Group; Group.objects.create(name='{word}')",
    )
    assert said.code == 0, said.error
    assert who(made(word, initech)) == ("command:shell", None, None, None)
