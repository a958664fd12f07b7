"""Many browsers at many addresses, all at once, at a real server that stands behind one trusted proxy."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
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
        return self.send("/sign-in/", token, email=email, password=password)

    def give_code(self, code: str, token: str = "") -> int:
        """The status of the answer."""
        return self.send("/second-factor/", token, code=code)

    def send(self, path: str, token: str, **typed: str) -> int:
        typed["csrfmiddlewaretoken"] = token or self.token(path)
        return self._ask("POST", path, urlencode(typed))[0]

    def token(self, path: str = "/sign-in/") -> str:
        """The form's proof that it is ours."""
        found = TOKEN.search(self.get(path))
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
    return _all_at_once(
        visitors, "/sign-in/", each, lambda visitor, token, n: visitor.sign_in(email, f"guess {n}", token)
    )


def storm_of_codes(visitors: Iterable[Visitor], wrong: list[str], each: int) -> Counter[int]:
    """As `storm`, by visitors who have given the right password, with codes."""
    return _all_at_once(
        visitors, "/second-factor/", each, lambda visitor, token, n: visitor.give_code(wrong[n], token)
    )


def _all_at_once(
    visitors: Iterable[Visitor], path: str, each: int, guess: Callable[[Visitor, str, int], int]
) -> Counter[int]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        proofs = [*threads.map(lambda visitor: (visitor, visitor.token(path)), visitors)]
        guesses = [(*proof, number) for number in range(each) for proof in proofs]
        return Counter(threads.map(lambda made: guess(*made), guesses))
