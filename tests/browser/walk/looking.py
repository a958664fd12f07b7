"""What is wrong with the page that a browser shows."""

from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.walk import axe
from tests.browser.walk.modes import Mode

LISTEN = """
window.breaches = [];
document.addEventListener('securitypolicyviolation', event => breaches.push(
  `${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`.trim()
));
"""
FACTS = """
() => {
  const root = document.documentElement, room = root.clientWidth;
  const outside = element => {
    const box = element.getBoundingClientRect();
    const spills = element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX === 'visible';
    return box.width > 0 && (box.right > room + 0.5 || box.left < -0.5 || (spills && element.clientWidth > 0));
  };
  const named = element => element.tagName.toLowerCase() + [...element.classList].map(name => '.' + name).join('');
  const scrolls = root.scrollWidth > room;
  return {
    breaches: window.breaches,
    title: document.title.trim(),
    headings: document.querySelectorAll('h1').length,
    lang: root.lang,
    dir: root.dir,
    room,
    needed: root.scrollWidth,
    outside: scrolls ? [...document.querySelectorAll('body *')].filter(outside).slice(-4).map(named) : [],
  };
}
"""
LEFT_BEHIND = "net::ERR_ABORTED"  # a page that follows a job was left while it asked


class Looker:
    """One page, before which visit after visit happens; what it complains about is kept until it is looked at."""

    def __init__(self, page: Page, mode: Mode) -> None:
        self.page = page
        self.mode = mode
        self._complaints: list[str] = []
        self._errors: list[tuple[str, str]] = []
        page.add_init_script(LISTEN)
        page.on("pageerror", lambda error: self._complaints.append(f"script error: {error}"))
        page.on("console", self._heard)
        page.on("requestfailed", self._failed)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append((str(message.location.get("url", "")), message.text))

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT_BEHIND:
            self._complaints.append(f"request failed: {request.url} ({request.failure})")

    def begin(self) -> None:
        self._complaints.clear()
        self._errors.clear()

    def faults(self, response: Response) -> list[str]:
        """Of the page that `response` brought."""
        facts = self.page.evaluate(FACTS)
        found = [*self._complaints, *self._console(response), *self._wrong(facts)]
        return [*found, *axe.faults(self.page)]

    def _console(self, response: Response) -> list[str]:
        """Chromium itself complains of a page that was answered as a failure: that is a state like others here."""
        meant = response.status >= 400
        return [
            f"console: {text}"
            for url, text in self._errors
            if not (meant and url == response.url and text.startswith("Failed to load resource"))
        ]

    def _wrong(self, facts: dict[str, Any]) -> list[str]:
        told = (facts["lang"], facts["dir"])
        expected = self.mode.read_at(self.page.url)
        wrong = {
            "no title": not facts["title"],
            f"{facts['headings']} headings h1": facts["headings"] != 1,
            f"lang and dir are {told}, not {expected}": told != expected,
            f"{facts['needed']} px wide in {facts['room']}: {facts['outside']}": facts["needed"]
            > facts["room"],
        }
        breaches = [f"policy: {breach}" for breach in facts["breaches"]]
        return [*breaches, *(words for words, is_so in wrong.items() if is_so)]
