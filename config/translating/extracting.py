"""Every text of ours that is marked for translation, in Python and in templates."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "step": None,  # the title of a step is marked by being one
    "JobFailed": None,  # and so is the reason why a job has failed
}
Text = str | tuple[str, ...]
CALL = re.compile(rf"\b({'|'.join(KEYWORDS)})\(")
HINTS = ("Translators:",)
NOT_OURS = {"migrations", "tests", "var"}


def marked_texts() -> Catalog:
    """All of them, each with the files it stands in; in the same order whenever nothing changed."""
    found = Catalog()
    for path in sorted({*_python(), *_templates()}):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for text, hints, context in marked_in(path):
            found.add(text, locations=[(name, 0)], auto_comments=hints, context=context)
    return found


def marked_in(path: Path) -> Iterator[tuple[Text, list[str], str | None]]:
    """The texts of one file, with what its author tells translators, and their contexts."""
    for _, text, hints, context in extract("python", BytesIO(_as_python(path)), KEYWORDS, HINTS):
        yield text, hints, context


def _folders() -> set[Path]:
    """The top folders of our installed apps; other people's lie in the environment."""
    places = (Path(app.path) for app in apps.get_app_configs())
    tops = {path.relative_to(settings.BASE_DIR).parts[0] for path in places if _is_ours(path)}
    return {settings.BASE_DIR / top for top in tops}


def _is_ours(path: Path) -> bool:
    if not path.is_relative_to(settings.BASE_DIR):
        return False
    parts = path.relative_to(settings.BASE_DIR).parts
    return not any(part in NOT_OURS or part.startswith(".") for part in parts)


def _python() -> Iterator[Path]:
    found = (path for folder in _folders() for path in folder.rglob("*.py"))
    return (path for path in found if _is_ours(path) and CALL.search(path.read_text(encoding="utf-8")))


def _templates() -> Iterator[Path]:
    folders = (Path(folder) for engine in engines.all() for folder in engine.dirs)
    within = (path for folder in _folders() for path in folder.rglob("templates"))
    for folder in (*folders, *within):
        yield from (path for path in folder.rglob("*.*") if path.suffix in {".html", ".txt"})


def _as_python(path: Path) -> bytes:
    """A template as the calls it stands for: what remains is blotted out, and must not look like indented code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    calls = templatize(text, origin=str(path))
    return "\n".join(line.strip() for line in calls.splitlines()).encode()
