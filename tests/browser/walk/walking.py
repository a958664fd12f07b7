"""The walk itself: one browser of somebody signed in, one of a stranger, and every page one after another."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response

from tests.browser.people import enter
from tests.browser.site import Site
from tests.browser.walk.acting import post_it_empty
from tests.browser.walk.asking import PAGE, POST_ONLY, REDIRECT, Answer, ask
from tests.browser.walk.looking import Looker
from tests.browser.walk.modes import Mode
from tests.browser.walk.surfaces import Surface
from tests.browser.walk.visit import Visit
from tests.browser.walk.world import World, reader


@dataclass(frozen=True)
class Walk:
    site: Site
    world: World
    surface: Surface
    mode: Mode

    def faults(self, browser: Browser) -> list[str]:
        """Everything that is wrong anywhere, each line with its page."""
        self.world.forget_what_was_counted()
        going = self.surface.visits_in(self.mode.language, self.world)
        found: list[str] = []
        for is_open in {visit.is_open for visit in going}:
            with self._looker(browser, signed_in=not is_open) as looker:
                for visit in going:
                    if visit.is_open == is_open:
                        found += [f"{visit.name}: {fault}" for fault in self._visited(visit, looker)]
        return found

    def answers(self, browser: Browser) -> list[tuple[str, Answer]]:
        """What each address answers, unlooked at."""
        going = self.surface.visits_in(self.mode.language, self.world)
        with self._looker(browser, signed_in=not all(visit.is_open for visit in going)) as looker:
            return [(visit.name, self._asked(visit, looker)) for visit in going]

    @contextmanager
    def _looker(self, browser: Browser, *, signed_in: bool) -> Iterator[Looker]:
        with closing(self.mode.context(browser)) as context:
            looker = Looker(context.new_page(), self.mode)
            if signed_in:
                enter(looker.page, self.site, self.surface.host(self.world), reader(self.mode.language))
            yield looker

    def _asked(self, visit: Visit, looker: Looker) -> Answer:
        cookies = looker.page.context.cookies(self.site.at(visit.host))
        return ask(self.site, visit.host, visit.path, {one["name"]: one["value"] for one in cookies})

    def _visited(self, visit: Visit, looker: Looker) -> Iterator[str]:
        answer = self._asked(visit, looker)
        if answer.kind in (PAGE, REDIRECT):
            yield from self._seen(visit, looker)
        elif visit.then or not (answer.kind == POST_ONLY or answer.is_well or answer.status == visit.status):
            yield f"answered {answer.status}, as {answer.kind}"

    def _seen(self, visit: Visit, looker: Looker) -> Iterator[str]:
        looker.begin()
        response = looker.page.goto(self.site.at(visit.host, visit.path))
        if not visit.is_open and urlsplit(looker.page.url).path == "/sign-in/":
            yield "nobody is signed in any more"
        if visit.then:
            looker.begin()
            response = visit.then(looker.page)
        yield from self._judged(response, visit.status, looker)
        if not visit.then and (answer := post_it_empty(looker.page)):
            for fault in self._judged(answer, 422, looker):
                yield f"with errors: {fault}"

    def _judged(self, response: Response | None, status: int, looker: Looker) -> Iterator[str]:
        if response is None or response.status != status:
            yield f"answered {response and response.status} instead of {status}"
            return
        yield from looker.faults(response)
        looker.begin()
