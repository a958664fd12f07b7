"""axe-core, run inside of a page: what keeps people out of it."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SOURCE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
STRUCTURE = (
    "heading-order",
    "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-banner",
    "landmark-no-duplicate-main",
    "landmark-one-main",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "skip-link",
)
# Nothing is fetched a second time: what would need it (films, a locked orientation) isn't here.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {rule: {"enabled": True} for rule in STRUCTURE},
    "resultTypes": ["violations"],
    "preload": False,
}
RUN = """
async options => (await axe.run(document, options)).violations.flatMap(rule => rule.nodes.map(node => ({
  rule: rule.id, target: node.target.join(' '), html: node.html.slice(0, 160), why: node.failureSummary,
})))
"""


def faults(page: Page) -> list[str]:
    """Handed in by the debugger, where no policy forbids it, as a script in the page would be."""
    page.evaluate(SOURCE)
    found: list[dict[str, Any]] = page.evaluate(RUN, OPTIONS)
    return [_in_words(**one) for one in found]


def _in_words(rule: str, target: str, html: str, why: str) -> str:
    reason = " ".join(why.split()[5:])  # without "Fix any of the following:"
    return f"axe {rule} at {target}: {reason} {' '.join(html.split())}"
