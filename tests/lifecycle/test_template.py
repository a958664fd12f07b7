"""The template of a release: built once, by one, and built anew where the builder died."""

import signal
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.utils import timezone

from tenants import templating
from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import code_fingerprint
from tenants.models import Template
from tenants.templating import ensure_template, forget_lost_templates
from tests.lifecycle.dying import die, end_of, start
from tests.lifecycle.fleet_of_four import drop_templates_but, template_databases, templates


@pytest.fixture
def version(databases: None) -> Iterator[int]:
    """The version in force; whatever the test builds beside it is dropped."""
    ours = code_fingerprint()
    yield ensure_template().version
    drop_templates_but(ours)


LEVEL = settings.AMANA_SCHEMA_LEVEL


def of_a_later_release(later: int = 1) -> None:
    """Ask for the template as a process of a later release does: other code, hence another fingerprint."""
    settings.AMANA_SCHEMA_LEVEL = LEVEL + later
    code_fingerprint.cache_clear()
    ensure_template()


def dying_in(function: str, when: str) -> Callable[[], None]:
    real = getattr(templating, function)

    def deadly(*arguments: object, **named: object) -> None:
        if when == "after":
            real(*arguments, **named)
        die()

    def work() -> None:
        setattr(templating, function, deadly)
        of_a_later_release()

    return work


@pytest.mark.slow
def test_the_pointer_flips_and_the_last_one_is_kept(version: int) -> None:
    assert end_of(start(of_a_later_release)) == 0
    assert templates() == [(version + 1, True), (version, True)]

    assert end_of(start(lambda: of_a_later_release(2))) == 0

    assert templates() == [(version + 2, True), (version + 1, True)]
    assert template_databases() == [f"tenant_template_v{version + 1}", f"tenant_template_v{version + 2}"]


def test_a_release_taken_back_finds_its_template_where_it_was(version: int) -> None:
    assert end_of(start(of_a_later_release)) == 0
    assert ensure_template().version == version


@pytest.mark.sampled
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("function", ["_next_version", "run_file", "migrate_as_owner", "_put_in_force"])
def test_half_built_it_is_built_anew(version: int, function: str, when: str) -> None:
    assert end_of(start(dying_in(function, when))) == -signal.SIGKILL

    assert end_of(start(of_a_later_release)) == 0

    assert templates() == [(version + 1, True), (version, True)]
    assert template_databases() == [f"tenant_template_v{version}", f"tenant_template_v{version + 1}"]


@pytest.mark.slow
def test_nobody_is_cloned_from_a_half_built_one(version: int) -> None:
    assert end_of(start(dying_in("_put_in_force", "before"))) == -signal.SIGKILL

    assert templates() == [(version + 1, False), (version, True)]
    assert ensure_template().version == version


@pytest.mark.slow
def test_two_builders_at_once_build_one(version: int) -> None:
    children = [start(of_a_later_release) for _ in range(3)]

    assert [end_of(child) for child in children] == [0, 0, 0]
    assert templates() == [(version + 1, True), (version, True)]
    assert len(template_databases()) == 2


def test_one_that_came_with_a_catalog_from_another_machine_is_forgotten(version: int) -> None:
    with bound_to(CATALOG):
        Template.objects.create(version=version + 7, code=code_fingerprint(), ready_at=timezone.now())
    assert ensure_template().version == version + 7

    forget_lost_templates()

    assert templates() == [(version, True)]
    assert ensure_template().version == version
