"""What is pressed, filled in, opened and answered."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from interface.styleguide.sample_form import sample_forms
from interface.styleguide.section import Section


def _buttons(_request: HttpRequest) -> dict[str, Any]:
    return {
        "variants": ("", "primary", "danger", "danger solid", "quiet"),
        "states": ("is-hovered", "is-focused"),
    }


def _fields(_request: HttpRequest) -> dict[str, Any]:
    return sample_forms()


def _feedback(_request: HttpRequest) -> dict[str, Any]:
    return {
        "notices": (
            ("info", _("Prices are those of today.")),
            ("success", _("The contact is saved.")),
            ("warning", _("The certificate ends in nine days.")),
            ("error", _("The order can't be shipped: it is on hold.")),
        ),
        "rows": ("INV-2026-0042", "INV-2026-0043", "INV-2026-0044", "INV-2026-0045"),
    }


SECTIONS = (
    Section(
        "buttons", _("Buttons"), _("One primary button a page; what can't be done now says why."), _buttons
    ),
    Section("fields", _("Fields"), _("Each with its label, its help, and what is wrong with it."), _fields),
    Section(
        "overlays", _("Overlays"), _("What opens above the page, by keyboard too, and closes by Escape.")
    ),
    Section("feedback", _("Feedback"), _("What answers: notices, messages, what is selected."), _feedback),
)
