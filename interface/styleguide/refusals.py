"""What is said instead of a page, or of a part of one."""

from html import unescape
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from interface.error_pages import PAGES, error_page
from interface.styleguide.section import Section

NAMES = (*map(str, PAGES), "403_csrf", "suspended")


def _errors(_request: HttpRequest) -> dict[str, Any]:
    return {"pages": [(name, _heading(name)) for name in NAMES]}


def _heading(name: str) -> str:
    """Out of the page itself, so that nothing is said twice."""
    page = error_page(200, name).content.decode()
    return unescape(strip_tags(page.partition("<h1>")[2].partition("</h1>")[0]))


SECTIONS = (
    Section(
        "errors",
        _("Error pages"),
        _("What a person reads instead of a page: what happened, what it means, a way on."),
        _errors,
    ),
    Section("answers", _("Answers"), _("What a part of a page says when it got a refusal, or no answer.")),
)
