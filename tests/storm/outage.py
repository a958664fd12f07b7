"""A program: real web processes under load while PostgreSQL is killed and started again. Prints what was seen.

Runs beside servers of its own (`python -m embedded exec`), so that no other test loses its database.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from audit.context import acting  # noqa: E402 - Django must be set up first
from embedded.cluster import Cluster  # noqa: E402
from tests.pool.gunicorn import Web, gunicorn  # noqa: E402
from tests.pool.sockets import children_of  # noqa: E402
from tests.storm.browser import TOKEN  # noqa: E402
from tests.storm.twins import EMAIL, Twin, make_twin  # noqa: E402
from tests.support import fleet  # noqa: E402

VISITORS = 6
PHASES = {"before": 1.5, "dying": 0.5, "outage": 2.0, "starting": 0.0, "after": 2.0}


@dataclass
class Seen:
    """Of each phase: how often which status came, and everything that mustn't come."""

    statuses: dict[str, Counter[str]] = field(default_factory=lambda: {phase: Counter() for phase in PHASES})
    leaks: list[str] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)
    workers_before: list[int] = field(default_factory=list)
    workers_after: list[int] = field(default_factory=list)
    normal_after_seconds: float = 0.0


class Visitor(threading.Thread):
    """Asks for its tenant's contacts, over and over, signed in once."""

    def __init__(self, web: Web, twins: list[Twin], number: int, seen: Seen) -> None:
        super().__init__()
        self.web, self.seen = web, seen
        self.twin = twins[number % len(twins)]
        self.others = [twin.canary for twin in twins if twin is not self.twin]
        self.cookie = ""
        self.phase, self.stop = "before", threading.Event()
        self._sign_in()

    def run(self) -> None:
        while not self.stop.is_set():
            phase = self.phase
            try:
                status, headers, body = self.ask("GET", "/contacts/")
            except (OSError, HTTPException) as error:
                self.seen.unclean.append(f"{phase}: {error!r}")
                continue
            if phase == self.phase:  # else it began in one and ended in the next
                self.seen.statuses[phase][str(status)] += 1
            self._judge(phase, status, headers, body)
            time.sleep(0.01)

    def _judge(self, phase: str, status: int, headers: dict[str, str], body: str) -> None:
        if any(canary in body for canary in self.others):
            self.seen.leaks.append(phase)
        if status == 200 and self.twin.canary not in body:
            self.seen.unclean.append(f"{phase}: 200 without data")
        if status == 503 and headers.get("Retry-After") != "5":
            self.seen.unclean.append(f"{phase}: 503 without Retry-After")
        if status not in (200, 503):
            self.seen.unclean.append(f"{phase}: {status}")

    def ask(self, method: str, path: str, **typed: str) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.web.port, timeout=30)
        try:
            headers = {"Host": self.twin.host, "Cookie": self.cookie}
            if typed:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(typed), headers)
            answer = connection.getresponse()
            told = dict(answer.getheaders())
            self.cookie = told.get("Set-Cookie", self.cookie).partition(";")[0]
            return answer.status, told, answer.read().decode()
        finally:
            connection.close()

    def _sign_in(self) -> None:
        _, _, form = self.ask("GET", "/sign-in/")
        token = TOKEN.search(form)
        assert token, form
        typed = {"email": EMAIL, "password": fleet.PASSWORD, "csrfmiddlewaretoken": token[1]}
        assert self.ask("POST", "/sign-in/", **typed)[0] == 302


def watch_an_outage(said: Path) -> Seen:
    fleet.prepare()
    twins, seen = [make_twin(), make_twin()], Seen()
    cluster = Cluster.load(os.environ["AMANA_VAR"])
    with gunicorn("config.wsgi:application", said, "--workers=2", "--threads=4") as web:
        visitors = [Visitor(web, twins, number, seen) for number in range(VISITORS)]
        seen.workers_before = sorted(children_of(web.pid))
        for visitor in visitors:
            visitor.start()
        _spend("before", visitors)
        _begin("dying", visitors)
        cluster.kill()
        _spend("dying", visitors)
        _spend("outage", visitors)
        _begin("starting", visitors)
        cluster.start()
        seen.normal_after_seconds = _until_normal(visitors[0])
        _spend("after", visitors)
        for visitor in visitors:
            visitor.stop.set()
        for visitor in visitors:
            visitor.join()
        seen.workers_after = sorted(children_of(web.pid))
    return seen


def _begin(phase: str, visitors: list[Visitor]) -> None:
    for visitor in visitors:
        visitor.phase = phase


def _spend(phase: str, visitors: list[Visitor]) -> None:
    _begin(phase, visitors)
    time.sleep(PHASES[phase])


def _until_normal(visitor: Visitor) -> float:
    began = time.monotonic()
    while visitor.ask("GET", "/contacts/")[0] != 200:
        time.sleep(0.05)
    return time.monotonic() - began


@acting("system:test")
def main(said: Path) -> None:
    seen: dict[str, Any] = vars(watch_an_outage(said))
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
