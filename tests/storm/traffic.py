"""What people do at four tenants at once, and a judge of every answer."""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from tests.storm.browser import Answer, Application, Browser
from tests.storm.twins import CONTACTS, EMAIL, Twin, same_id
from tests.support.fleet import PASSWORD


class Act(Protocol):
    """Something that people do, judged by the visitor who does it."""

    __name__: str

    def __call__(self, visitor: "Visitor", browser: Browser) -> None: ...


@dataclass
class Findings:
    """How often each thing was done, and whatever was wrong about an answer."""

    done: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        self.done += other.done
        self.leaks += other.leaks
        self.errors += other.errors


class Visitor:
    """One thread: it changes its tenant with every request, signed in at each as Sam."""

    def __init__(self, application: Application, twins: Sequence[Twin], seed: int) -> None:
        self.application, self.twins = application, twins
        self.chance = random.Random(seed)  # noqa: S311 - the same storm for the same seed
        self.found = Findings()
        self.browsers = {twin.canary: Browser(application, twin.host) for twin in twins}

    def visit(self, requests: int) -> Findings:
        for twin in self.twins:
            self.sign_in_at(twin)
        acts, weights = [*ACTS], [*ACTS.values()]
        for act in self.chance.choices(acts, weights, k=requests):
            self.twin = self.chance.choice(self.twins)
            self._try(act)
        return self.found

    def sign_in_at(self, twin: Twin) -> None:
        self.twin = twin
        self._try(sign_in)

    def _try(self, act: "Act") -> None:
        self.found.done[act.__name__] += 1
        try:
            act(self, self.browsers[self.twin.canary])
        except Exception as error:  # noqa: BLE001 - whatever went wrong is a finding
            self.found.errors.append(f"{act.__name__}: {error!r}")

    def judge(self, answer: Answer, *statuses: int, marked: bool = True) -> None:
        """Its own tenant's canary where a page shows data, nobody else's anywhere."""
        said = answer.body + str(answer.headers)
        for twin in self.twins:
            if twin is not self.twin and twin.canary in said:
                self.found.leaks.append(f"{twin.host}'s data at {self.twin.host}")
        if answer.status not in statuses:
            self.found.errors.append(f"{answer.status} instead of {statuses} at {self.twin.host}")
        elif marked and self.twin.canary not in said:
            self.found.errors.append(f"no data of its own at {self.twin.host}")

    def some_contact(self) -> str:
        return f"/contacts/{same_id(100 + self.chance.randrange(CONTACTS))}/"


def sign_in(visitor: Visitor, browser: Browser) -> None:
    browser.cookies.clear()
    visitor.judge(browser.sign_in(EMAIL, PASSWORD), 302, marked=False)
    visitor.judge(browser.get("/contacts/"), 200)


def list_contacts(visitor: Visitor, browser: Browser) -> None:
    visitor.judge(browser.get("/contacts/?q=canary"), 200)


def see_contact(visitor: Visitor, browser: Browser) -> None:
    visitor.judge(browser.get(visitor.some_contact()), 200)


def create_contact(visitor: Visitor, browser: Browser) -> None:
    form = browser.get("/contacts/new/")
    visitor.judge(form, 200)
    name = f"{visitor.twin.canary} new {visitor.chance.randrange(10**9)}"
    answer = browser.post(
        "/contacts/new/", kind="person", name=name, version="1", csrfmiddlewaretoken=form.token
    )
    visitor.judge(answer, 302, marked=False)
    visitor.judge(browser.get(answer.headers["Location"]), 200)


def edit_contact(visitor: Visitor, browser: Browser) -> None:
    """Two who edit the same contact at once: the second is shown both versions (409)."""
    path = visitor.some_contact()
    form = browser.get(f"{path}edit/")
    visitor.judge(form, 200)
    version = form.body.partition('name="version" value="')[2].partition('"')[0]
    typed = {"kind": "person", "name": f"{visitor.twin.canary} edited", "city": "Everywhere"}
    answer = browser.post(f"{path}edit/", **typed, version=version, csrfmiddlewaretoken=form.token)
    visitor.judge(answer, 302, 409, marked=answer.status == 409)


def mistype_password(visitor: Visitor, browser: Browser) -> None:
    stranger = Browser(visitor.application, visitor.twin.host)
    visitor.judge(stranger.sign_in(EMAIL, "not the password"), 422, marked=False)


def ask_for_nothing(visitor: Visitor, browser: Browser) -> None:
    visitor.judge(browser.get(f"/contacts/{uuid4()}/"), 404, marked=False)


def read_cache(visitor: Visitor, browser: Browser) -> None:
    visitor.judge(browser.get("/remember/"), 200)


def read_stream(visitor: Visitor, browser: Browser) -> None:
    answer = browser.get("/stream/")
    visitor.judge(answer, 200)
    if answer.body.count(visitor.twin.canary) != 2 * CONTACTS:
        visitor.found.errors.append(f"a stream cut short at {visitor.twin.host}")


ACTS: dict[Act, int] = {
    list_contacts: 25,
    see_contact: 25,
    read_cache: 15,
    ask_for_nothing: 10,
    read_stream: 10,
    edit_contact: 9,
    create_contact: 4,
    mistype_password: 1,
    sign_in: 1,
}


def storm(application: Application, twins: Sequence[Twin], threads: int, requests: int) -> Findings:
    """`requests` acts in each of `threads` threads, all at once."""
    found = Findings()
    with ThreadPoolExecutor(threads) as running:
        visitors = [Visitor(application, twins, seed) for seed in range(threads)]
        for done in [running.submit(visitor.visit, requests) for visitor in visitors]:
            found.add(done.result())
    return found
