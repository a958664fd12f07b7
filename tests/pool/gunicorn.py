"""gunicorn as ./run starts it, for one test."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.pool.sockets import inode as inode_of


class Web:
    def __init__(self, pid: int, port: int, listening: str) -> None:
        self.pid, self.port, self.listening = pid, port, listening

    def get(self, host: str, path: str) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            answer.read()
            return answer.status, dict(answer.getheaders())
        finally:
            connection.close()


@contextmanager
def gunicorn(
    application: str, said: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[Web]:
    """Runs until the block ends; what it says is in the file `said`."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, said.open("wb") as out:
        handle = listener.fileno()
        bind = (f"--bind=fd://{handle}", "--worker-class=gthread", "--graceful-timeout=5")
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--no-control-socket", *bind, *options, application],
            env={**os.environ, **(environment or {})},
            pass_fds=[handle],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            port, inode = listener.getsockname()[1], inode_of(handle)
            _wait_until(process, port, said)
            yield Web(process.pid, port, inode)
        finally:
            process.terminate()
            process.wait(20)


def _wait_until(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(port):
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
