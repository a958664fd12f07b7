"""Somebody with a browser, over a real socket: keeps cookies, follows nothing, may speak badly."""

import re
import socket
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def request(self) -> str:
        return self.headers["X-Request-ID"]


class Visitor:
    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host
        self.cookies: dict[str, str] = {}
        self.tokens: set[str] = set()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, **typed: str) -> Answer:
        """With the token of the form that stands there."""
        form = self.get(path)
        found = TOKEN.search(form.body)
        typed |= {"csrfmiddlewaretoken": found[1]} if found else {}
        self.tokens |= {found[1]} if found else set()
        return self.ask("POST", path, urlencode(typed))

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": self.host, "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body.encode(), {**sent, **(headers or {})})
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
            return Answer(response.status, dict(response.headers), response.read().decode())

    def shout(self, raw: str) -> str:
        """Exactly these bytes, and whatever comes back."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=30)) as connection:
            connection.sendall(raw.encode())
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(4096), b"")).decode(errors="replace")
