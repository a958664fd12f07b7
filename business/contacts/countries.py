"""Countries by ISO 3166-1 alpha-2, by name, as in `countries.csv` (Arabic and Chinese names: Unicode's CLDR)."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

ALIKE = str.maketrans("أإآ", "ااا")


def countries() -> list[tuple[str, str]]:
    """Pairs of code and name in the language that is spoken, in its order. A callable: a new one is no migration."""
    return _countries_in(get_language() or settings.LANGUAGE_CODE)


@cache
def _countries_in(language: str) -> list[tuple[str, str]]:
    with (Path(__file__).parent / "countries.csv").open(encoding="utf-8", newline="") as lines:
        names = [(row["code"], row[language]) for row in csv.DictReader(lines)]
    return sorted(names, key=lambda pair: _place_in_order(pair[1], language))


def _place_in_order(name: str, language: str) -> bytes:
    """Arabic: alif is alif. Chinese: the national encoding follows the sound of the common characters."""
    if language == "zh-hans":
        return name.encode("gb18030")
    return name.translate(ALIKE).encode() if language == "ar" else b""
