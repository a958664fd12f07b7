"""SIGKILL before and after each step of closing; one retry, and nothing of the tenant is left."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenants.binding import bound_to
from tenants.carrying_out import carry_out
from tenants.models import Operation, Tenant
from tests.lifecycle.asking import ask, ask_to_close, retried_by_a_person, retried_by_beat
from tests.lifecycle.dying import CLOSE, killed_at, killed_before_it_is_finished
from tests.lifecycle.looking import (
    cache_keys_of,
    databases,
    domains_of,
    files_of,
    is_whole,
    nothing_is_orphaned,
    operation,
    operations_of,
    roles,
)

pytestmark = pytest.mark.usefixtures("real_catalog")
Retry = Callable[[Operation], None]


@pytest.fixture
def lived_in(new_tenant: Callable[[], Tenant]) -> Tenant:
    """A tenant with a file and something in the cache."""
    tenant = new_tenant()
    with bound_to(tenant):
        default_storage.save("orders.csv", ContentFile(b"1"))
        cache.set("greeting", "hello")
    assert files_of(tenant.place).exists()
    assert len(cache_keys_of(tenant.place)) == 1
    return tenant


def nothing_is_left(tenant: Tenant) -> bool:
    place = tenant.place
    assert operations_of(tenant)[1:] == [("close", "done")]
    assert place.database not in databases()
    assert place.role not in roles()
    assert not files_of(place).exists()
    assert cache_keys_of(place) == []
    assert domains_of(tenant) == []
    assert nothing_is_orphaned()
    return True


def close_killed_and_retried(tenant: Tenant, point: tuple[str, str], retry: Retry) -> None:
    asked = ask_to_close(tenant)
    killed_at(*point, asked.pk)
    assert operation(asked.pk).state == "running"

    retry(asked)

    assert nothing_is_left(tenant)
    assert operation(asked.pk).tenant.state == "closed"


POINTS = [(when, step) for step in CLOSE for when in ("before", "after")]


@pytest.mark.sampled
@pytest.mark.parametrize("point", POINTS[:-1], ids="-".join)
def test_one_retry_by_a_person_leaves_nothing(lived_in: Tenant, point: tuple[str, str]) -> None:
    close_killed_and_retried(lived_in, point, retried_by_a_person)


@pytest.mark.parametrize("point", [pytest.param(each, marks=pytest.mark.slow) for each in POINTS[:-1]])
def test_one_look_around_of_beat_leaves_nothing(lived_in: Tenant, point: tuple[str, str]) -> None:
    close_killed_and_retried(lived_in, point, retried_by_beat)


def test_once_written_off_nobody_can_ask_again_and_beat_finishes_it(lived_in: Tenant) -> None:
    close_killed_and_retried(lived_in, POINTS[-1], retried_by_beat)


@pytest.mark.slow
def test_killed_when_all_steps_are_done_it_is_finished(lived_in: Tenant) -> None:
    asked = ask_to_close(lived_in)
    killed_before_it_is_finished(asked.pk)

    retried_by_beat(asked)

    assert nothing_is_left(lived_in)


def test_the_short_name_is_free_for_a_new_tenant(lived_in: Tenant) -> None:
    carry_out(ask_to_close(lived_in).pk)

    asked = ask(lived_in.slug)
    fresh = carry_out(asked.pk).tenant

    assert is_whole(lived_in.slug)
    assert fresh.pk != lived_in.pk
    assert fresh.schema_name != lived_in.schema_name


def test_closing_a_tenant_that_was_never_set_up_leaves_nothing() -> None:
    tenant = ask("never-set-up").tenant

    carry_out(ask_to_close(tenant).pk)

    assert nothing_is_left(tenant)
    assert operations_of(tenant) == [("provision", "failed"), ("close", "done")]
