"""What is busy or away says so and when to come back (503); all else is our fault (500). On each surface."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, override_settings
from django.urls import path

from access.declaring import open_to_strangers
from accounts.models import User
from tenants.binding import CATALOG, Bindable, bound_to, is_bound
from tenants.exceptions import ConnectionsBusy, WrongDatabase
from tenants.models import Tenant
from tenants.pool import pool

RAISED: dict[str, Exception] = {
    "busy": ConnectionsBusy("busy"),
    "away": OperationalError("gone"),
    "closed": InterfaceError("closed"),
    "wrong": WrongDatabase("wrong"),
    "sql": ProgrammingError("no such table"),
    "ours": ZeroDivisionError(),
}


@open_to_strangers
def failing(_request: HttpRequest, what: str) -> HttpResponse:
    raise RAISED[what]


urlpatterns = [path("failing/<what>/", failing)]
handler500 = "tenants.errors.server_error"

DEAD = "postgresql://amana_catalog:x@127.0.0.1:1/catalog?connect_timeout=2"


@pytest.fixture(params=["tenant", "operator", "public"])
def surface(request: pytest.FixtureRequest, acme: Tenant, catalog: None) -> Iterator[Client]:
    hosts = {
        "tenant": acme.primary_host,
        "operator": settings.AMANA_OPERATOR_HOST,
        "public": settings.AMANA_PUBLIC_HOST,
    }
    here = dict.fromkeys(["ROOT_URLCONF", "OPERATOR_URLCONF", "PUBLIC_SCHEMA_URLCONF"], __name__)
    with override_settings(**here):
        yield Client(SERVER_NAME=hosts[request.param], raise_request_exception=False)


@pytest.mark.parametrize("what", ["busy", "away", "closed"])
def test_busy_or_away_says_when_to_come_back(surface: Client, what: str) -> None:
    response = surface.get(f"/failing/{what}/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Wait 5 seconds, then try again." in response.content.decode()
    assert not is_bound()


@pytest.mark.parametrize("what", ["wrong", "sql", "ours"])
def test_all_else_is_our_fault(surface: Client, what: str) -> None:
    response = surface.get(f"/failing/{what}/")
    assert response.status_code == 500
    assert "Retry-After" not in response
    assert type(RAISED[what]).__name__ not in response.content.decode()
    assert not is_bound()


def away_from(host: str, path: str = "/sign-in/") -> HttpResponseBase:
    return Client(SERVER_NAME=host, raise_request_exception=False).get(path)


def refused_for_now(response: HttpResponseBase) -> bool:
    return (response.status_code, response["Retry-After"]) == (503, "5") and not is_bound()


def test_a_dead_server_on_each_surface(
    new_tenant: Callable[[], Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = new_tenant()
    assert away_from(tenant.primary_host).status_code == 200
    pool.close_idle()
    with monkeypatch.context() as patch:
        patch.setattr(settings, "AMANA_DATABASE_URL", DEAD)
        assert refused_for_now(away_from(tenant.primary_host))
        assert refused_for_now(away_from("nobody.localhost"))
        assert refused_for_now(away_from(settings.AMANA_OPERATOR_HOST))
        assert away_from(settings.AMANA_PUBLIC_HOST, "/").status_code == 200
    assert away_from(tenant.primary_host).status_code == 200


@pytest.mark.parametrize("whose", ["tenant", "catalog"])
def test_an_exhausted_pool(
    new_tenant: Callable[[], Tenant], monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    tenant = new_tenant()
    host = tenant.primary_host if whose == "tenant" else settings.AMANA_OPERATOR_HOST
    assert away_from(host).status_code == 200
    pool.close_idle()
    monkeypatch.setattr(pool, "patience", 0.2)
    monkeypatch.setattr(pool, "cap_each", 1)
    with held(tenant if whose == "tenant" else CATALOG):
        assert refused_for_now(away_from(host))
    assert away_from(host).status_code == 200


class held:  # noqa: N801 - reads as `with held(tenant):`
    """Somebody else's long request: the one connection there is, leased in another thread."""

    def __init__(self, target: Bindable) -> None:
        self._target = target
        self._has, self._may_go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with bound_to(self._target):
            User.objects.exists()
            assert connections[self._target.place.alias].connection
            self._has.set()
            self._may_go.wait(20)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._has.wait(10)

    def __exit__(self, *_: object) -> None:
        self._may_go.set()
        self._thread.join()
