"""One catalogue a language: the .po that people edit, and the .mo that is read at run time, made from it."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale

HEADER = "# What people read, in {name}. Made by ./manage.py messages; only the translations are edited."
# How many forms, and which of them goes with n: as Unicode's CLDR has it, in gettext's order.
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"),
    "zh_Hans": (1, "0"),
}


class Catalogue(Catalog):
    """Babel's, without dates, names and versions in its header: the same texts give the same bytes, always."""

    def __init__(self, language: str) -> None:
        name, locale = dict(settings.LANGUAGES)[language], to_locale(language)
        super().__init__(locale=locale, header_comment=HEADER.format(name=name), fuzzy=False)

    @property
    def num_plurals(self) -> int:
        return PLURALS[str(self.locale_identifier)][0]

    @property
    def plural_expr(self) -> str:
        return PLURALS[str(self.locale_identifier)][1]

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def languages() -> list[str]:
    """Those that texts are translated into: all but the one that they are written in."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path_of(language: str, suffix: str = ".po") -> Path:
    return settings.LOCALE_PATHS[0] / to_locale(language) / "LC_MESSAGES" / f"django{suffix}"


def read(language: str) -> Catalog:
    """The catalogue as it was left by people; empty where there is none. Raises PoFileError where it is damaged."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language))
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), abort_invalid=True)


def brought_up_to_date(known: Catalog, texts: Catalog, language: str) -> Catalogue:
    """Each marked text once, with the translation it has; what is marked nowhere is gone, and nothing is guessed."""
    catalogue = Catalogue(language)
    for text in texts:
        if not text.id:
            continue
        before = known.get(text.id, text.context)
        catalogue.add(
            text.id,
            string=before.string if before and _fits(before.string, text.pluralizable) else None,
            locations=text.locations,
            flags=before.flags if before else (),
            auto_comments=text.auto_comments,
            user_comments=before.user_comments if before else (),
            context=text.context,
        )
    return catalogue


def _fits(string: object, pluralizable: object) -> bool:
    return isinstance(string, str) is not bool(pluralizable)


def as_po(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, ignore_obsolete=True)
    return written.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()
