"""A line to an S3 server that goes bad, with real bytes on it: it delays, trickles, answers 503, or is cut."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BUSY = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>'
PIECE = 1 << 10


class BadLine(ThreadingHTTPServer):
    """Between a client and `target`. Its troubles are set by the test, and hold from the next request on."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = urlsplit(target).netloc
        self.delayed = threading.Event()  # set: an answer waits until the test is over
        self.over = threading.Event()
        self.busy = 0  # how many requests are answered 503 yet
        self.cut_after: int | None = None  # bytes of an answer after which the connection is cut
        self.stalls_after: int | None = None  # bytes of an answer after which no more come
        self.pause = 0.0  # seconds between two kilobytes of an answer
        self.refused_methods: set[str] = set()  # cut before anything of them is answered
        self.requests: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def mend(self) -> None:
        """As good as new, from the next request on."""
        self.delayed.clear()
        self.busy, self.pause = 0, 0.0
        self.cut_after = self.stalls_after = None
        self.refused_methods = set()

    def handle_error(self, request: object, client_address: object) -> None:
        """The client has gone: that is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadLine

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def carry(self) -> None:
        line = self.server
        line.requests.append(f"{self.command} {self.path}")
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if line.delayed.is_set():
            line.over.wait(30)
            self.close_connection = True
        elif self.command in line.refused_methods:
            self._cut()
        elif line.busy > 0:
            line.busy -= 1
            self._answer(503, [("Content-Type", "application/xml")], BUSY)
        else:
            self._forward(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = carry  # noqa: N815 - the names that http.server calls

    def _forward(self, content: bytes) -> None:
        """What is signed is the Host that the client saw: it goes on unchanged."""
        with closing(http.client.HTTPConnection(self.server.target, timeout=30)) as connection:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(content)
            with connection.getresponse() as response:
                headers = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP]
                status, answer = response.status, response.read()
        self._answer(status, headers, answer)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        line = self.server
        ends = [each for each in (line.cut_after, line.stalls_after) if each is not None]
        end = min([len(content), *ends])
        piece = PIECE if line.pause else max(end, 1)
        for start in range(0, end, piece):
            self.wfile.write(content[start : min(start + piece, end)])
            line.over.wait(line.pause)
        if end < len(content):
            if line.cut_after is None:
                line.over.wait(30)
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


HOP = {"content-length", "transfer-encoding", "connection"}


@contextmanager
def bad_line(target: str) -> Iterator[BadLine]:
    line = BadLine(target)
    thread = threading.Thread(target=line.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.over.set()
        line.shutdown()
        line.server_close()
