"""The living style guide: every component in every state, a page a section; what the browser tests look at."""

from interface.styleguide import data, forms, foundations, refusals, shell, words
from interface.styleguide.section import Section

SECTIONS: tuple[Section, ...] = (
    *foundations.SECTIONS,
    *forms.SECTIONS,
    *data.SECTIONS,
    *shell.SECTIONS,
    *refusals.SECTIONS,
    *words.SECTIONS,
)


def section_named(slug: str) -> Section | None:
    return next((section for section in SECTIONS if section.slug == slug), None)
