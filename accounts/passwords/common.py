"""Passwords that many people have, or that follow from one of those in a way that many people find.

`common.txt.gz` holds words, most common first, and long passwords as they are used; where it comes from stands in
`common.md`. What follows from a word (capitals, figures for letters, a year or "123!" around it, the word twice, two of
them) isn't listed but recognised, so that "P@ssw0rd2024!" needs no line of its own.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from accounts.passwords.text import one_form
from accounts.passwords.walks import without_runs

FILE = Path(__file__).with_name("common.txt.gz")
WORDS = 4000  # of the list's first lines, that are recognised in two as well
UNIT = 8  # characters that aren't better for being typed twice
LITTLE = 4  # characters around a word that add nothing that wouldn't be tried
FIGURES = (str.maketrans("@4031!$57+8", "aaoeiissttb"), str.maketrans("@4031!$57+8", "aaoelissttb"))
YEAR = re.compile(r"(?:19|20)\d\d")
LETTERS = r"a-z\u0080-\uffff"
BEFORE, AFTER = re.compile(f"^[^{LETTERS}]+"), re.compile(f"[^{LETTERS}]+$")
NO_LETTER, NO_SIGN = re.compile(f"[^{LETTERS}]+"), re.compile(f"[^{LETTERS}0-9]+")
LETTER = re.compile(f"[{LETTERS}]+")


def is_common(password: str, *, near: Iterable[str] = ()) -> bool:
    """`near`: words that are near at hand, such as the site's name or one's own."""
    folded = one_form(password).casefold()
    own = frozenset(word for word in near if len(word) >= 3)
    if folded in listed() or NO_SIGN.sub("", folded) in listed() or _is_little(folded):
        return True
    return _is_twice_the_same(folded) or any(_is_of_words(core, own) for core in _cores(folded))


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    return frozenset(_lines())


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(line for line in _lines()[:WORDS] if len(line) >= 3)


@lru_cache(maxsize=1)
def _lines() -> list[str]:
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def _cores(folded: str) -> Iterator[str]:
    """The words in it, in each way in which they may be hidden; nothing where much else is around them."""
    ahead, behind = BEFORE.sub("", folded), AFTER.sub("", folded)
    for core in (AFTER.sub("", ahead), ahead, behind):
        if _is_little(folded.replace(core, "", 1)):
            yield from (
                word.translate(figures) for word in (core, NO_SIGN.sub("", core)) for figures in FIGURES
            )
    if _is_little(LETTER.sub("", folded)):
        yield NO_LETTER.sub("", folded)


def _is_little(text: str) -> bool:
    """Next to nothing besides years and runs."""
    return len(without_runs(YEAR.sub("", text))) <= LITTLE


def _is_twice_the_same(text: str) -> bool:
    """Or more often: "abcdabcdabcd"."""
    sizes = range(1, min(len(text) // 2, UNIT) + 1)
    return any(text == text[:size] * (len(text) // size) for size in sizes)


def _is_of_words(core: str, own: frozenset[str]) -> bool:
    """One common password, or two words, each as often as one likes."""
    if core in listed() or core[::-1] in listed() or core in own or _is_twice_the_same(core):
        return len(core) >= 3
    words = _words() | own
    return any(core[:cut] in words and core[cut:] in words for cut in range(3, len(core) - 2))
