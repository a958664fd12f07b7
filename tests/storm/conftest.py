from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from pytest_django import Settings

from tenants.backend import base
from tenants.pool import Pool
from tests.storm.twins import Twin, make_twin
from tests.support import fleet


@pytest.fixture(scope="session")
def twins(databases: None) -> Iterator[list[Twin]]:
    made = [make_twin() for _ in range(4)]
    yield made
    for twin in made:
        fleet.close(twin.tenant)


@pytest.fixture
def application(settings: Settings) -> WSGIHandler:
    """The product's whole stack, with the two pages more."""
    settings.ROOT_URLCONF = "tests.storm.urls"
    return get_wsgi_application()


@pytest.fixture
def narrow_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Fewer connections than threads, so that tenants take each other's slots all the time."""
    pool = Pool(cap=10, cap_each=4, reserved=1, patience=60)
    monkeypatch.setattr(base, "pool", pool)
    yield pool
    for connection in [*pool._idle, *pool._leased]:
        connection.close()
