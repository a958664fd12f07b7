"""What an address answers with, asked before a browser goes there: only pages are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.browser.site import Site

PAGE, REDIRECT, FRAGMENT, FILE, POST_ONLY = "page", "redirect", "fragment", "file", "POST only"


@dataclass(frozen=True)
class Answer:
    """Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300

    @property
    def kind(self) -> str:
        """A whole page begins with its doctype; a fragment, which htmx puts into one, doesn't."""
        if self.body.lstrip()[:9].lower() == b"<!doctype" and not self._is_download:
            return PAGE
        if 300 <= self.status < 400:
            return REDIRECT
        if self.status == 405:
            return POST_ONLY
        return FRAGMENT if self._is_html and not self._is_download else FILE

    @property
    def _is_html(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def _is_download(self) -> bool:
        return "content-disposition" in self.headers


def ask(site: Site, host: str, path: str, cookies: Mapping[str, str]) -> Answer:
    told = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    answer, body = site.get(host, path, told)
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
