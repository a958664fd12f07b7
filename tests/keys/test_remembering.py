"""Keys in memory: few, briefly, not in a forked child; and a key store that is away."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings as product
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from access.declaring import open_to_strangers
from accounts.models import User
from keys.exceptions import KeyStoreAway
from keys.remembering import Memory, memory
from keys.store import pool
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.vault.models import Credential

HERE = product.AMANA_KEYSTORE_URL


@pytest.fixture
def row(acme: Tenant) -> Iterator[Credential]:
    with bound_to(acme):
        yield Credential.objects.create(login="secret")


def read(row: Credential) -> str:
    return str(Credential.objects.get(pk=row.pk).login)


def take_away(settings: Settings) -> None:
    pool.close_idle()
    settings.AMANA_KEYSTORE_URL = make_conninfo(HERE, host="/nowhere")


def test_at_most_so_many_the_least_recently_used_goes_first(databases: None) -> None:
    small = Memory(seconds=60, number=2)
    small.recall("a", lambda: 1)
    small.recall("b", lambda: 2)
    small.recall("a", lambda: 0)
    small.recall("c", lambda: 3)
    assert len(small) == 2
    assert (small.recall("a", lambda: 9), small.recall("b", lambda: 9)) == (1, 9)


def test_for_so_long_and_no_longer(databases: None, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = Memory(seconds=60, number=9)
    brief.recall("a", lambda: 1)
    assert brief.recall("a", lambda: 2) == 1
    brief.seconds = -1.0
    brief.recall("b", lambda: 1)
    assert brief.recall("b", lambda: 2) == 2


def test_what_is_loaded_while_all_is_forgotten_isnt_kept(databases: None) -> None:
    kept = Memory(seconds=60, number=9)

    def load() -> int:
        kept.forget()
        return 1

    assert kept.recall("a", load) == 1
    assert kept.recall("a", lambda: 2) == 2


def test_a_forked_child_knows_no_key(row: Credential) -> None:
    assert read(row) == "secret"
    assert len(memory) > 0
    child = os.fork()
    if child == 0:
        os._exit(len(memory))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(memory) > 0


def test_away_it_says_so_and_what_is_remembered_is_read(row: Credential, settings: Settings) -> None:
    assert read(row) == "secret"
    take_away(settings)
    memory._look_at = 0.0
    assert read(row) == "secret"
    memory.forget()
    with pytest.raises(KeyStoreAway, match="The key store doesn't answer"):
        read(row)
    settings.AMANA_KEYSTORE_URL = HERE
    memory.forget()
    assert read(row) == "secret"


def test_a_connection_that_died_is_replaced(row: Credential) -> None:
    assert read(row) == "secret"
    for connection in [*pool._idle]:
        os.close(os.dup(connection.pgconn.socket))
        connection.close()
    memory.forget()
    assert read(row) == "secret"


@open_to_strangers
def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Credential.objects.get().login)


urlpatterns = [path("secret/", show), path("", include("config.urls_tenant"))]
handler404 = "config.views_errors.page_not_found"
handler500 = "tenants.errors.server_error"


def test_a_page_that_needs_a_key_answers_503(
    alice: User, alice_client: Client, acme: Tenant, settings: Settings
) -> None:
    settings.ROOT_URLCONF = __name__
    alice_client.raise_request_exception = False
    with bound_to(acme):
        Credential.objects.create(login="secret")
    assert alice_client.get("/secret/").content == b"secret"
    take_away(settings)
    memory.forget()
    response = alice_client.get("/secret/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert alice_client.get("/contacts/").status_code == 200
