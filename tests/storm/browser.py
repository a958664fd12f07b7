"""A browser without a network: it calls the real WSGI application in its own thread and keeps cookies."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

Application = Callable[..., Iterable[bytes]]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def token(self) -> str:
        """The form's proof that it is ours."""
        found = TOKEN.search(self.body)
        return found[1] if found else ""


class Browser:
    """One person's at one host."""

    def __init__(self, application: Application, host: str) -> None:
        self.application, self.host = application, host
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **typed: str) -> Answer:
        return self._ask("POST", path, urlencode(typed).encode())

    def sign_in(self, email: str, password: str) -> Answer:
        form = self.get("/sign-in/")
        return self.post("/sign-in/", email=email, password=password, csrfmiddlewaretoken=form.token)

    def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": self.host,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        setup_testing_defaults(environ)
        begun: list[Any] = []
        chunks = self.application(environ, lambda status, headers, *_: begun.extend((status, headers)))
        try:
            said = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = begun
        self._keep_cookies(headers)
        return Answer(int(status[:3]), dict(headers), said.decode())

    def _keep_cookies(self, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
