"""The product's own web server, as ./run starts it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from socket import create_server

# Secrets that web doesn't hold, and what would have it measured: other tests count these lines, and pages come sooner.
KEPT_BACK = ("AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SUPERUSER_URL", "COVERAGE_PROCESS_CONFIG")
GUNICORN = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--threads=8", "--no-control-socket"]
STARTS_WITHIN = 60.0  # seconds; a busy machine takes its time


@dataclass(frozen=True)
class Site:
    """The web server's port: every host name of ours leads there."""

    port: int

    def at(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def get(self, host: str, path: str, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        """Asked without a browser: names below localhost are known to browsers only."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}", **headers})
            answer = connection.getresponse()
            return answer, answer.read()


@contextmanager
def served() -> Iterator[Site]:
    """gunicorn without the provisioner's credential, until the block ends."""
    site = Site(_free_port())
    server = subprocess.Popen(
        [*GUNICORN, f"--bind=127.0.0.1:{site.port}"],
        env={name: value for name, value in os.environ.items() if name not in KEPT_BACK},
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(site, server)
        yield site
    finally:
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def _wait_for(site: Site, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _answers(site):
        assert server.poll() is None, "The web server ended before it answered."
        assert time.monotonic() < deadline, (
            f"The web server didn't answer within {STARTS_WITHIN:.0f} seconds."
        )
        time.sleep(0.1)


def _answers(site: Site) -> bool:
    try:
        return site.get("localhost", "/", {})[0].status == 200
    except OSError:
        return False
