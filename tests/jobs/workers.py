"""Real workers: processes of their own, with children, as ./run starts them."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from tests.lifecycle.looking import wait_until
from tests.support.command_line import ours


class Worker:
    """One that listens to the queues `default` and `files`."""

    def __init__(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the worker ends
        options = (
            "--queues=default,files",
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
            env=ours() | {"DJANGO_SETTINGS_MODULE": "tests.jobs.impatient"},
            cwd=settings.BASE_DIR,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_until(lambda: b"ready." in os.pread(self._log.fileno(), 100_000, 0), 40)

    @property
    def said(self) -> str:
        return os.pread(self._log.fileno(), 1_000_000, 0).decode()

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
def worker() -> Iterator[Worker]:
    process = Worker()
    try:
        yield process
    finally:
        process.end()
