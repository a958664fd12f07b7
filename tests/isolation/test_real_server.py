"""A real gunicorn and real sockets: a browser that goes away half way leaves its thread bound to nobody."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tenants.models import Tenant
from tests.isolation.urls import LINES

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"acme": "Alice Bob Olivia", "globex": "Mallory Olivia"}


@pytest.fixture(scope="module", params=["gthread", "sync"])
def port(request: pytest.FixtureRequest, cast: dict[str, Tenant]) -> Iterator[int]:
    """One process that works off one request at a time, so that each meets what the one before left."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers=1", "--threads=1"),
            *(f"--worker-class={request.param}", f"--bind=fd://{listener.fileno()}", "tests.isolation.wsgi"),
        ]
        handle = listener.fileno()
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ, pass_fds=[handle], stderr=subprocess.DEVNULL
        )
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(20)


def get(port: int, host: str, path: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read().decode()


def left_behind(port: int) -> str:
    """Binding, leased connections, and how many streams have ended."""
    return get(port, settings.AMANA_PUBLIC_HOST, "/state/")[1]


def go_away_half_way(port: int, host: str, path: str) -> bytes:
    """Read a little, then vanish; what is unread makes the kernel answer with a reset."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as browser:
        browser.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        time.sleep(0.1)
        return browser.recv(2000)


def ended(port: int) -> int:
    return int(left_behind(port).rpartition(" ")[2])


def test_a_stream_is_whole_and_of_its_tenant(port: int, cast: dict[str, Tenant]) -> None:
    for slug, names in NAMES.items():
        status, body = get(port, cast[slug].primary_host, "/streaming/")
        lines = body.splitlines()
        assert (status, len(lines)) == (200, LINES)
        assert {line.partition(" .")[0] for line in lines} == {names}
    assert left_behind(port).startswith("unbound [] ")


@pytest.mark.parametrize("path", ["/streaming/", "/file/"])
def test_a_browser_that_goes_away_leaves_nothing_bound(port: int, cast: dict[str, Tenant], path: str) -> None:
    before = ended(port)
    for slug in ("acme", "globex", "acme"):
        assert b"200 OK" in go_away_half_way(port, cast[slug].primary_host, path)
    after = left_behind(port)
    assert after.startswith("unbound [] ")
    assert int(after.rpartition(" ")[2]) - before == (3 if path == "/streaming/" else 0)
    assert get(port, cast["globex"].primary_host, "/normal/") == (200, NAMES["globex"])


def test_a_stream_that_raises_leaves_nothing_bound(port: int, cast: dict[str, Tenant]) -> None:
    assert b"200 OK" in go_away_half_way(port, cast["acme"].primary_host, "/streaming-badly/")
    assert left_behind(port).startswith("unbound [] ")
    assert get(port, cast["globex"].primary_host, "/normal/") == (200, NAMES["globex"])


def test_a_view_that_raises_leaves_nothing_bound(port: int, cast: dict[str, Tenant]) -> None:
    assert get(port, cast["acme"].primary_host, "/raising/")[0] == 500
    assert left_behind(port).startswith("unbound [] ")
