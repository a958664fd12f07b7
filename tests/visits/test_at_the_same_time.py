"""Requests of one session at once, on connections of their own: a lock stays locked, and guesses are all counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from audit.context import acting
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.visits.visiting import key_of, sign_in

AT_ONCE = 8


@pytest.fixture
def hooli(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Hooli")
    with bound_to(tenant):
        fleet.add_user("gavin@hooli.example", "Gavin", "owner")
    return tenant


@pytest.fixture
def gavins(hooli: Tenant) -> Client:
    with bound_to(hooli):
        gavin = User.objects.get(email="gavin@hooli.example")
    return fleet.signed_in(hooli, gavin)


def at_once(work: Callable[[int], int]) -> list[int]:
    def alone(number: int) -> int:
        with acting("test"):
            return work(number)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [*threads.map(alone, range(AT_ONCE))]


def sister_of(client: Client, tenant: Tenant) -> Client:
    sister = Client(SERVER_NAME=tenant.primary_host)
    sister.cookies["amana"] = key_of(client)
    return sister


def test_whatever_saves_the_session_while_it_is_locked_leaves_it_locked(
    hooli: Tenant, gavins: Client
) -> None:
    def browse(number: int) -> int:
        client = sister_of(gavins, hooli)
        if number == AT_ONCE // 2:
            return client.post("/lock/").status_code
        for _ in range(3):
            status = client.get("/locked/?next=/", headers={"accept": "text/html"}).status_code
            client.post("/language/", {"language": "ar"})
        return status

    at_once(browse)

    with bound_to(hooli):
        assert Session.objects.get(user__isnull=False).locked_at is not None
    assert gavins.get("/contacts/")["Location"].startswith("/locked/")


def test_many_guesses_at_once_are_five(hooli: Tenant, gavins: Client) -> None:
    with bound_to(hooli):
        Session.objects.filter(user__isnull=False).update(locked_at=timezone.now())

    answers = at_once(lambda _: sister_of(gavins, hooli).post("/locked/", {"proof": "wrong"}).status_code)

    assert answers.count(422) <= 4
    assert set(answers) <= {422, 302, 400}  # 400: the session ended while this one was being answered
    with bound_to(hooli):
        assert not Session.objects.filter(user__isnull=False).exists()


def test_one_browser_that_is_new_is_told_of_once(hooli: Tenant) -> None:
    with bound_to(hooli):
        gavin = User.objects.get(email="gavin@hooli.example")
    client = Client(SERVER_NAME=hooli.primary_host)
    sign_in(hooli, client, gavin)
    answers = at_once(lambda _: sister_of(client, hooli).get("/contacts/").status_code)
    assert set(answers) == {200}
    with bound_to(hooli):
        assert gavin.browsers.count() == 1
