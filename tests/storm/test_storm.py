"""Eight threads, four tenants that share every key: no answer may carry another's data."""

from collections import Counter
from contextvars import ContextVar
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from tenants import binding
from tenants.pool import Pool
from tests.storm.traffic import ACTS, storm
from tests.storm.twins import Twin

THREADS = 8


@pytest.mark.parametrize("requests", [24, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_answer_carries_its_tenants_canary_and_nobody_elses(
    application: WSGIHandler, twins: list[Twin], narrow_pool: Pool, requests: int
) -> None:
    found = storm(application, twins, THREADS, requests)

    assert found.leaks == []
    assert Counter(found.errors) == {}
    assert found.done.total() == THREADS * (requests + len(twins))
    assert {*found.done} == {act.__name__ for act in ACTS}
    assert not narrow_pool._leased
    assert 5 <= sum(narrow_pool.usage().values()) <= narrow_pool.cap


class Global:
    """What the binding must not be: one value for the whole process."""

    def __init__(self) -> None:
        self.value: Any = None

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> None:
        self.value = value


def test_the_storm_notices_a_binding_that_is_global_to_the_process(
    application: WSGIHandler, twins: list[Twin], narrow_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(binding._bound, ContextVar)
    narrow_pool.patience = 0.2
    monkeypatch.setattr(binding, "_bound", Global())

    found = storm(application, twins, THREADS, 10)

    assert len(found.leaks) + len(found.errors) > THREADS


@pytest.mark.slow
def test_the_storm_notices_a_cache_that_tenants_share(
    application: WSGIHandler, twins: list[Twin], narrow_pool: Pool, settings: Settings
) -> None:
    shared = {**settings.CACHES["default"], "KEY_FUNCTION": "tenants.cache.platform_key"}
    settings.CACHES = {**settings.CACHES, "default": shared}

    found = storm(application, twins, THREADS, 10)

    assert found.leaks
    assert found.errors == ["no data of its own at " + leak.rpartition(" ")[2] for leak in found.leaks]
