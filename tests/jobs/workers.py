"""Real workers: processes of their own, with children, as ./run starts them."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from django.conf import settings

from tests.lifecycle.looking import wait_until
from tests.support.command_line import ours

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


class Worker:
    """One that listens to these queues, with settings of a test's own, and told what `environment` adds."""

    def __init__(
        self,
        queues: str = "default,files",
        settings_module: str = "tests.jobs.impatient",
        environment: Mapping[str, str] = NOTHING_MORE,
    ) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the worker ends
        options = (
            f"--queues={queues}",
            "--concurrency=1",
            "--loglevel=INFO",
            f"--hostname=jobs@{id(self)}",
        )
        command = [
            sys.executable,
            "-m",
            "celery",
            "--app=config",
            "--quiet",
            "--skip-checks",
            "worker",
            *options,
        ]
        self._process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=ours() | {"DJANGO_SETTINGS_MODULE": settings_module} | dict(environment),
            cwd=settings.BASE_DIR,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_until(lambda: b"ready." in os.pread(self._log.fileno(), 100_000, 0), 40)

    @property
    def said(self) -> str:
        return os.pread(self._log.fileno(), 1_000_000, 0).decode()

    def tell(self, number: signal.Signals) -> None:
        """To it alone, as a supervisor does."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(20)

    def signal(self, number: signal.Signals) -> None:
        """To it and its children alike."""
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._process.wait(10)

    def end(self) -> None:
        if self._process.poll() is None:
            self.signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()


@contextmanager
def worker(**options: Any) -> Iterator[Worker]:
    process = Worker(**options)
    try:
        yield process
    finally:
        process.end()
