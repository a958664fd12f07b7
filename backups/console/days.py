"""What became of each day and each week of a tenant: the grid on its page."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from backups.console.conditions import CONDITIONS
from backups.models import Backup, Tier
from interface.words import day

DAYS, WEEKS = 30, 13
MONDAY, SUNDAY = 0, 6
FIRST_WEEKDAYS = {"ar": SUNDAY}  # of the working week in the Gulf


@dataclass(frozen=True)
class Cell:
    """A day, or the week that begins on it; `url` of its copy, where there is one. `condition` is one of CONDITIONS."""

    on: date
    condition: str
    url: str = ""

    @property
    def words(self) -> str:
        """Of all that it shows by its look."""
        return f"{day(self.on)}: {CONDITIONS[self.condition]}"

    @property
    def number(self) -> str:
        return str(self.on.day)

    @property
    def short(self) -> str:
        return date_format(self.on, "MONTH_DAY_FORMAT")


@dataclass(frozen=True)
class Grid:
    """`weeks` are rows of seven, None where a day is out of the picture; `strip` the weekly copies, oldest first."""

    heads: list[str]
    weeks: list[list[Cell | None]]
    strip: list[Cell]

    @property
    def legend(self) -> list[tuple[str, str, int]]:
        """Each condition that there is: its code, its words, how often."""
        cells = [cell for week in self.weeks for cell in week if cell] + self.strip
        found = Counter(cell.condition for cell in cells)
        return [(code, str(words), found[code]) for code, words in CONDITIONS.items() if found[code]]


def grid_of(copies: Iterable[Backup], since: date) -> Grid:
    """Of the daily and weekly ones among `copies`; before `since` there was nothing to copy."""
    today = timezone.now().date()
    daily, weekly = _by_day(copies, Tier.DAILY), _by_day(copies, Tier.WEEKLY)
    by_week = {_monday(on): weekly[on] for on in sorted(weekly)}
    first_weekday = FIRST_WEEKDAYS.get(get_language() or "", MONDAY)
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    mondays = [_monday(today) - timedelta(weeks=WEEKS - 1 - number) for number in range(WEEKS)]
    cells = [_cell(on, daily.get(on), on >= today, on < since) for on in days]
    strip = [_cell(on, by_week.get(on), on >= _monday(today), on < _monday(since)) for on in mondays]
    return Grid(_heads(first_weekday), [*_rows(cells, first_weekday)], strip)


def _by_day(copies: Iterable[Backup], tier: str) -> dict[date, Backup]:
    """The one that counts of each day: what is stored before what isn't, the newest before the others."""
    found = sorted(
        (each for each in copies if each.tier == tier), key=lambda each: (each.is_stored, each.due)
    )
    return {each.due.date(): each for each in found}


def _cell(on: date, backup: Backup | None, is_now: bool, is_before: bool) -> Cell:
    if backup:
        return Cell(on, backup.condition, reverse("backups:copy-detail", args=[backup.pk]))
    return Cell(on, "before" if is_before else "due" if is_now else "missed")


def _rows(cells: list[Cell], first_weekday: int) -> Iterator[list[Cell | None]]:
    blank = (cells[0].on.weekday() - first_weekday) % 7
    padded: list[Cell | None] = [*[None] * blank, *cells]
    padded += [None] * (-len(padded) % 7)
    for start in range(0, len(padded), 7):
        yield padded[start : start + 7]


def _heads(first_weekday: int) -> list[str]:
    monday = date(2024, 1, 1)
    return [date_format(monday + timedelta(days=first_weekday + number), "D") for number in range(7)]


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
