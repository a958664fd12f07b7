"""A strip of days: what became of each, by height and fill as well as by colour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

TALL = 28
STATES: dict[str, StrPromise] = {
    "drilled": _("Restored in a drill"),
    "verified": _("Verified"),
    "stored": _("Stored"),
    "failed": _("Failed"),
    "missed": _("Nothing stored"),
}
HEIGHTS = {"drilled": 28, "verified": 20, "stored": 12, "failed": 28, "missed": 3}


@dataclass(frozen=True)
class Day:
    """What became of a day; `state` is a key of STATES."""

    on: date
    state: str

    @property
    def words(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True)
class Cell:
    day: Day
    x: str
    y: int
    width: str
    height: int


@dataclass(frozen=True)
class Entry:
    """A state in the legend: how it looks, and on how many days it was so."""

    state: str
    words: StrPromise
    count: int

    @property
    def height(self) -> int:
        return HEIGHTS[self.state] // 2 or 1

    @property
    def y(self) -> int:
        return TALL // 2 - self.height


@dataclass(frozen=True)
class Strip:
    cells: list[Cell]
    legend: list["Entry"]
    tall: int = TALL


def heat_strip(days: Sequence[Day], *, mirrored: bool = False) -> Strip:
    """A cell a day, the oldest where reading begins, and how many days there are of each state."""
    slot = 100 / max(len(days), 1)
    width = slot * 0.72
    cells = [
        _cell(day, (100 - slot * (number + 1) if mirrored else slot * number) + (slot - width) / 2, width)
        for number, day in enumerate(days)
    ]
    found = Counter(day.state for day in days)
    return Strip(
        cells, [Entry(state, words, found[state]) for state, words in STATES.items() if found[state]]
    )


def _cell(day: Day, x: float, width: float) -> Cell:
    height = HEIGHTS[day.state]
    return Cell(day, f"{round(x, 2):g}%", TALL - height, f"{round(width, 2):g}%", height)
