"""A real Chromium before the real web server. Without a browser these tests are skipped, and ./test says so."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    """The web server's port: every host name of ours leads there."""

    port: int

    def at(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if os.environ.get("AMANA_NO_BROWSER") or found is None:
        pytest.skip("no browser: install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=found, args=QUIET, env={**os.environ, "LANG": "en_US.UTF-8"}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(databases: None) -> Iterator[Site]:
    """gunicorn as ./run starts it, without the provisioner's credential."""
    port = _free_port()
    kept_back = ("AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SUPERUSER_URL")
    environment = {name: value for name, value in os.environ.items() if name not in kept_back}
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--threads=8"]
    server = subprocess.Popen(
        [*command, f"--bind=127.0.0.1:{port}", "--no-control-socket"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
    )
    _wait_for(port)
    yield Site(port)
    server.terminate()
    server.wait(10)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Somebody with a browser of their own; whatever the page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(150):
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/", headers={"Host": "localhost"})
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The web server did not answer within 15 seconds.")
