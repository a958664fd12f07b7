"""gunicorn and a worker as ./run starts them, with lines in JSON, for as long as a block lasts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from embedded.place import Place
from embedded.product import worker
from tests.pool.gunicorn import Web, gunicorn

ENVIRONMENT = {"AMANA_LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "tests.logs.settings"}
KEPT_BACK = ("AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SUPERUSER_URL")


@dataclass(frozen=True)
class Product:
    """The web server's port, and what the processes have said up to now."""

    web: Web
    folder: Path

    def said(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.iterdir()))

    def lines(self) -> list[dict[str, Any]]:
        """Every line of every process's standard output."""
        files = (self.folder / "web", self.folder / "worker")
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    def about(self, request: str) -> list[dict[str, Any]]:
        """The lines of one request, and of what was sent in it."""
        return [line for line in self.lines() if line["request"] == request]

    def wait_for(self, found: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not found():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)


@contextmanager
def running(folder: Path) -> Iterator[Product]:
    with ExitStack() as stack:
        logger = "--logger-class=config.logs.gunicorn.Logger"
        options = (logger, "--workers=1", "--threads=8")
        stack.enter_context(_worker(folder))
        web = gunicorn("config.wsgi:application", folder / "web", *options, environment=_told())
        yield Product(stack.enter_context(web), folder)


def _told() -> dict[str, str]:
    return ENVIRONMENT | dict.fromkeys(KEPT_BACK, "")


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """The command of ./run; only its environment is ours."""
    command = [os.fspath(word) for word in worker("default", {}).command]
    with (folder / "worker").open("wb") as output, (folder / "worker-errors").open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--concurrency=1"],
            env={**os.environ, **_told()},
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def servers_logs() -> str:
    """What PostgreSQL and Valkey of this suite have written to theirs."""
    place = Place.at(settings.AMANA_VAR)
    return "".join(place.log(name).read_text(errors="replace") for name in ("postgresql", "valkey"))


def python(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A process of ours that says one thing and ends."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ENVIRONMENT, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
