"""Many browsers at many addresses, all at once, at a real server that stands behind one trusted proxy."""

import re
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
AT_ONCE = 24


class Visitor:
    """A browser at `ip`, that keeps its cookies."""

    def __init__(self, port: int, host: str, ip: str) -> None:
        self.port, self.host, self.ip = port, host, ip
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        return self._ask("GET", path)[1]

    def sign_in(self, email: str, password: str, token: str = "") -> int:
        """The status of the answer."""
        proof = token or self.token()
        typed = {"email": email, "password": password, "csrfmiddlewaretoken": proof}
        return self._ask("POST", "/sign-in/", urlencode(typed))[0]

    def token(self) -> str:
        """The form's proof that it is ours."""
        found = TOKEN.search(self.get("/sign-in/"))
        assert found, "no form"
        return found[1]

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {
            "Host": self.host,
            "X-Forwarded-For": self.ip,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
        self._keep(response)
        return response.status, page

    def _keep(self, response: HTTPResponse) -> None:
        for said in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(said).items()}


def storm(visitors: Iterable[Visitor], email: str, each: int) -> Counter[int]:
    """Every visitor tries `each` wrong passwords, all as much at once as this machine can. The answers' statuses."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        proofs = [*threads.map(lambda visitor: (visitor, visitor.token()), visitors)]
        guesses = [(*proof, f"guess {number}") for number in range(each) for proof in proofs]
        return Counter(threads.map(lambda guess: guess[0].sign_in(email, guess[2], guess[1]), guesses))
