"""SIGKILL before and after each step; one retry, by a person or by beat, and everything is there exactly once."""

from collections.abc import Callable

import pytest

from tenants.models import Operation
from tests.lifecycle.asking import RETRIES, a_slug, ask, retried_by_a_person, retried_by_beat
from tests.lifecycle.dying import PROVISION, killed_at, killed_before_it_is_finished
from tests.lifecycle.looking import is_whole, operation, operations_of, users_of

pytestmark = pytest.mark.usefixtures("real_catalog")
Retry = Callable[[Operation], None]


def test_there_are_eleven_steps() -> None:
    assert len(PROVISION) == 11


POINTS = [(when, step) for step in PROVISION for when in ("before", "after")]


def set_up_killed_and_retried(point: tuple[str, str], retry: Retry) -> None:
    slug = a_slug()
    asked = ask(slug)
    killed_at(*point, asked.pk)
    assert operation(asked.pk).state == "running"

    retry(asked)

    assert is_whole(slug)


@pytest.mark.sampled
@pytest.mark.parametrize("point", POINTS, ids="-".join)
def test_one_retry_by_a_person_makes_it_whole(point: tuple[str, str]) -> None:
    set_up_killed_and_retried(point, retried_by_a_person)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS, ids="-".join)
def test_one_look_around_of_beat_makes_it_whole(point: tuple[str, str]) -> None:
    set_up_killed_and_retried(point, retried_by_beat)


@pytest.mark.sampled
@pytest.mark.parametrize("retry", RETRIES)
def test_killed_when_all_steps_are_done_it_is_finished_by_one_retry(retry: Retry) -> None:
    slug = a_slug()
    asked = ask(slug)
    killed_before_it_is_finished(asked.pk)
    assert operation(asked.pk).state == "running"

    retry(asked)

    assert is_whole(slug)


@pytest.mark.parametrize("retry", RETRIES)
def test_killed_before_anybody_took_it_up_it_is_carried_out(retry: Retry) -> None:
    slug = a_slug()
    asked = ask(slug)

    retry(asked)

    assert is_whole(slug)


@pytest.mark.slow
def test_killed_again_and_again_it_still_becomes_one_tenant() -> None:
    slug = a_slug()
    asked = ask(slug)
    for step in PROVISION:
        killed_at("after", step, ask(slug).pk)

    retried_by_a_person(asked)

    assert is_whole(slug)


def test_the_owners_second_link_opens_the_same_account() -> None:
    slug = a_slug()
    asked = ask(slug)
    killed_at("after", "invite_the_owner", asked.pk)
    first = operation(asked.pk).owner_link

    retried_by_a_person(asked)

    done = operation(asked.pk)
    assert first.rsplit("/", 2)[0] == done.owner_link.rsplit("/", 2)[0]
    assert users_of(done.tenant) == ["owner@example.com"]
    assert operations_of(done.tenant) == [("provision", "done")]
