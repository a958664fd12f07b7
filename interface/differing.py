"""What differs between two texts, word by word; a word of Chinese is a sign, since nothing stands between words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django_stubs_ext import StrPromise

WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\s|."
)
LONG = 240
KEPT = 60
MOST = 250_000  # pairs of words that are compared: of words all alike, as many take half a second
MARKS = str.maketrans({" ": "·", "\t": "⇥", "\n": "↵\n", "\N{NO-BREAK SPACE}": "⍽"})


@dataclass(frozen=True)
class Piece:
    """Some text in a row. `changed`: the other side hasn't got it. What is long and the same is folded up."""

    text: str
    changed: bool = False

    @property
    def shown(self) -> str:
        """Changed space alone would not be seen."""
        return self.text.translate(MARKS) if self.changed and self.text.isspace() else self.text

    @property
    def is_long(self) -> bool:
        return not self.changed and len(self.text) > LONG

    @property
    def start(self) -> str:
        return self.text[: self._edges[0]]

    @property
    def middle(self) -> str:
        return self.text[slice(*self._edges)]

    @property
    def end(self) -> str:
        return self.text[self._edges[1] :]

    @property
    def _edges(self) -> tuple[int, int]:
        """Where it is folded: between words, where there are any near by."""
        before, after = self.text.rfind(" ", 0, KEPT), self.text.find(" ", len(self.text) - KEPT)
        return (before if before > 0 else KEPT), (after if after > 0 else len(self.text) - KEPT)


@dataclass(frozen=True)
class Difference:
    """A field with what it said before and says after, either of which may be empty. `note`: said instead of both."""

    label: "str | StrPromise"
    before: list[Piece]
    after: list[Piece]
    note: "str | StrPromise" = ""


def differing(label: "str | StrPromise", before: str, after: str) -> Difference:
    """The two texts in pieces, so that each side shows what the other lacks."""
    old, new = WORD.findall(before), WORD.findall(after)
    steps = _without_lonely_gaps(_steps(old, new), old)
    return Difference(
        label,
        _joined((old[a:b], how != "equal") for how, a, b, _c, _d in steps),
        _joined((new[c:d], how != "equal") for how, _a, _b, c, d in steps),
    )


Step = tuple[str, int, int, int, int]


def _steps(old: list[str], new: list[str]) -> Sequence[Step]:
    """Of long texts what begins and ends alike is set aside first; where too much is left, all of that has changed."""
    if len(old) * len(new) <= MOST:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    rest, other = old[start : len(old) - end], new[start : len(new) - end]
    steps: Sequence[Step] = [("replace", 0, len(rest), 0, len(other))]
    if len(rest) * len(other) <= MOST:
        steps = SequenceMatcher(None, rest, other, autojunk=False).get_opcodes()
    inside = [(how, a + start, b + start, c + start, d + start) for how, a, b, c, d in steps]
    behind = ("equal", len(old) - end, len(old), len(new) - end, len(new))
    return [("equal", 0, start, 0, start), *inside, behind]


def _alike(some: list[str], others: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(some), len(others)))


def _without_lonely_gaps(steps: Sequence[Step], old: list[str]) -> list[Step]:
    """A single space between two changes belongs to them: the eye reads one change, not two."""
    last = len(steps) - 1
    return [
        ("replace", a, b, c, d) if 0 < number < last and "".join(old[a:b]).isspace() else (how, a, b, c, d)
        for number, (how, a, b, c, d) in enumerate(steps)
    ]


def _joined(parts: Iterator[tuple[list[str], bool]]) -> list[Piece]:
    pieces: list[Piece] = []
    for words, changed in parts:
        text = "".join(words)
        if text and pieces and pieces[-1].changed == changed:
            pieces[-1] = Piece(pieces[-1].text + text, changed)
        elif text:
            pieces.append(Piece(text, changed))
    return pieces
