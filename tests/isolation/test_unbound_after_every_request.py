"""However a request ends, its thread works for nobody afterwards, and its connection is back in the pool."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import Client, override_settings

from tenants.binding import bind, is_bound, unbind
from tenants.models import Tenant
from tests.isolation import urls

HERE = "tests.isolation.middleware"


@pytest.fixture(autouse=True)
def _views() -> Iterator[None]:
    urls.ended.clear()
    with override_settings(ROOT_URLCONF="tests.isolation.urls"):
        yield


@pytest.fixture
def client(acme_client: Client) -> Client:
    acme_client.raise_request_exception = False
    return acme_client


def with_middleware(name: str, *, above: bool = False) -> override_settings:
    ours = "tenants.middleware.TenantMiddleware"
    around = [f"{HERE}.{name}", ours] if above else [ours, f"{HERE}.{name}"]
    return override_settings(MIDDLEWARE=around)


def lines_of(response: object) -> Iterator[bytes]:
    """The body as a server would iterate it; the test client's own wrapper closes it at the end."""
    assert isinstance(response, StreamingHttpResponse)
    body = iter(response)
    assert isinstance(body, Iterator)
    return body


@pytest.mark.parametrize(
    ("path", "status"), [("/normal/", 200), ("/raising/", 500), ("/missing/", 404), ("/nowhere/", 404)]
)
def test_after_an_answer(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status
    assert not is_bound()


@pytest.mark.parametrize("name", ["failing_before", "failing_after"])
@pytest.mark.parametrize("path", ["/normal/", "/streaming/"])
def test_after_a_middleware_failed(client: Client, name: str, path: str) -> None:
    with with_middleware(name):
        assert client.get(path).status_code == 500
    assert not is_bound()


def test_after_the_process_was_told_to_exit(client: Client) -> None:
    with with_middleware("exiting"), pytest.raises(SystemExit):
        client.get("/normal/")
    assert not is_bound()


def test_a_view_that_raises_past_the_handler_unbinds(acme_client: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        acme_client.get("/raising/")
    assert not is_bound()


def test_a_stream_reads_its_tenants_rows_until_it_is_exhausted(client: Client, acme: Tenant) -> None:
    response = client.get("/streaming/")
    assert is_bound()

    lines = [*lines_of(response)]

    assert len(lines) == urls.LINES
    assert {line.split(b" .")[0] for line in lines} == {b"Alice Bob Olivia"}
    assert urls.ended == [f"{acme.schema_name} Alice Bob Olivia"]
    assert not is_bound()


def test_a_stream_closed_half_way(client: Client, acme: Tenant) -> None:
    response = client.get("/streaming/")
    lines = lines_of(response)
    assert next(lines).startswith(b"Alice Bob Olivia")
    assert is_bound()

    response.close()

    assert urls.ended == [f"{acme.schema_name} Alice Bob Olivia"]
    assert not is_bound()


def test_a_stream_nobody_reads(client: Client) -> None:
    response = client.get("/streaming/")
    response.close()
    assert not is_bound()


def test_a_stream_that_raises(client: Client) -> None:
    response = client.get("/streaming-badly/")
    lines = lines_of(response)
    assert next(lines) == b"Alice Bob Olivia"
    with pytest.raises(ZeroDivisionError):
        next(lines)

    response.close()

    assert not is_bound()


def test_a_file_is_closed(client: Client) -> None:
    response = client.get("/file/")
    assert len(b"".join(lines_of(response))) == len("Alice Bob Olivia") * 100_000
    assert not is_bound()


def test_a_binding_that_something_left_behind_ends_before_the_next_request(
    client: Client, globex: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    bind(globex)
    try:
        assert client.get("/normal/").content == b"Alice Bob Olivia"
    finally:
        unbind()
    assert "A binding was left behind" in caplog.text


def test_a_stream_lost_above_us_is_ended_by_the_next_request(client: Client, globex_client: Client) -> None:
    with with_middleware("failing_after", above=True):
        assert client.get("/streaming/").status_code == 500
    left = is_bound()

    assert globex_client.get("/normal/").content == b"Mallory Olivia"

    assert left
    assert not is_bound()


def test_the_public_site_is_bound_to_nobody(databases: None) -> None:
    client = Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST, raise_request_exception=False)
    with override_settings(PUBLIC_SCHEMA_URLCONF="tests.isolation.urls"):
        assert client.get("/normal/").status_code == 500
    assert not is_bound()
    assert not [name for name in connections if name.startswith("t_")]
