"""Colours, type, spacing, icons, and what is pressed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from interface.styleguide.section import Section

GROUNDS = ("ground", "paper", "raised", "floating", "hover", "still")
INKS = ("ink", "muted", "accent", "accent-strong", "good", "bad", "warn")
SOFT = ("accent-soft", "good-soft", "bad-soft", "warn-soft")
LINES = ("line", "line-strong", "edge", "accent-line", "good-line", "bad-line", "warn-line")
TEXTS = ("text-tiny", "text-small", "text-nav", "text", "text-medium", "text-large", "text-huge")
SPECIMENS = (
    ("en", "ltr", "What is entrusted to you"),
    ("ar", "rtl", "ما يؤتمن عليه المرء"),
    ("zh-hans", "ltr", "受托保管之物"),
)
SPACES = ("space-1", "space-2", "space-3", "space-4", "space-5", "space-6", "space-8")

RADII = ("radius-small", "radius", "radius-large", "round")
SHADOWS = ("shadow", "shadow-floating")
PACES = ("fast", "calm")
DENSITIES = (("comfortable", _("Comfortable")), ("compact", _("Compact")))


def _tokens(_request: HttpRequest) -> dict[str, Any]:
    return {
        "palettes": [
            (_("Grounds"), GROUNDS),
            (_("Inks"), INKS),
            (_("Soft grounds"), SOFT),
            (_("Lines"), LINES),
        ],
        "texts": TEXTS,
        "specimens": SPECIMENS,
        "spaces": SPACES,
        "surfaces": [(_("Corners"), RADII), (_("Shadows"), SHADOWS)],
        "paces": PACES,
        "densities": DENSITIES,
    }


SECTIONS = (
    Section(
        "foundations",
        _("Foundations"),
        _("Colours, type, spacing, corners, pace and density: each named once, for both modes."),
        _tokens,
    ),
)
