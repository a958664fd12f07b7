"""Charts as plain geometry: numbers in, places out, as text for the attributes of an SVG.

Along the width in percent, so that a chart fits any page without its words shrinking; up and down in pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from django.utils.formats import number_format

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

TOP, PLOT = 12, 140
FLOOR = TOP + PLOT
LEAST = 2  # of the height: what is more than nothing is seen
LABELS = 6
NARROWEST, LETTER, GAP = 300, 7, 10
NICE = (1, 2, 2.5, 5, 10)
WHOLE = (1, 2, 5, 10)


@dataclass(frozen=True)
class Point:
    """One number with its name; `shown` where it needs more than the number, such as a currency."""

    label: "_StrOrPromise"
    value: float
    shown: str = ""
    url: str = ""

    @property
    def words(self) -> str:
        return self.shown or number_in_words(self.value)


@dataclass(frozen=True)
class Chart:
    """What a chart tells: a title and a sentence, the heads of its table, and its numbers in order of time or size.

    A `target` is to be reached; with `most` it is not to be passed, and what does stands out.
    """

    title: "_StrOrPromise"
    description: "_StrOrPromise"
    heads: tuple["_StrOrPromise", "_StrOrPromise"]
    points: Sequence[Point]
    target: float | None = None
    most: bool = False


@dataclass(frozen=True)
class Tick:
    label: str
    y: str


@dataclass(frozen=True)
class Bar:
    """A bar with the point it stands for; `labelled` where there is room to write its name below."""

    point: Point
    x: str
    middle: str
    y: str
    width: str
    height: str
    labelled: bool
    over: bool


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    ticks: list[Tick]
    target: Tick | None


@dataclass(frozen=True)
class Sparkline:
    """A line in a room of 100 by 24, and where it ends."""

    line: str
    area: str
    end: str


def bars(chart: Chart, *, mirrored: bool = False) -> Bars:
    """A bar a point, on nought, apart from each other; mirrored where reading goes from right to left."""
    return _bars(chart, share=0.62, widest=9.0, mirrored=mirrored)


def histogram(chart: Chart, *, mirrored: bool = False) -> Bars:
    """A bar a bin, side by side, since one goes on where the other ends."""
    return _bars(chart, share=0.94, widest=100.0, mirrored=mirrored)


def nice_ticks(top: float, steps: Sequence[float] = NICE) -> list[float]:
    """From nought to `top` or just above, in about five steps that are easily counted in."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / 5
    power = 10.0 ** floor(log10(rough))
    step = next(nice * power for nice in steps if nice * power >= rough * 0.999)
    step = max(step, 1.0) if steps is WHOLE else step
    return [round(number * step, 9) for number in range(ceil(round(top / step, 9)) + 1)]


def sparkline(values: Sequence[float], *, mirrored: bool = False) -> Sparkline | None:
    """The course of `values`, the last one marked; None where there are none."""
    if not values:
        return None
    places = [
        (_along(number, len(values), mirrored=mirrored), y) for number, y in enumerate(_heights(values))
    ]
    line = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in places)
    (start, _), (end_x, end_y) = places[0], places[-1]
    return Sparkline(
        line=line,
        area=f"{_plain(start)},24 {line} {_plain(end_x)},24",
        end=f"M{_plain(end_x)} {_plain(end_y)}h0",
    )


def binned(values: Sequence[float]) -> list[tuple[float, float, int]]:
    """How many of `values` are from a start up to an end, in at most ten bins of an easily counted size."""
    if not values:
        return []
    edges = nice_ticks(max(values) / 2)
    size = edges[1]
    count = max(floor(max(values) / size) + 1, 1)
    found = [0] * count
    for value in values:
        found[floor(value / size)] += 1
    return [(number * size, (number + 1) * size, found[number]) for number in range(count)]


def number_in_words(value: float) -> str:
    """As the reader's language writes it, without needless decimals."""
    decimals = next((count for count in range(3) if round(value, count) == value), 2)
    return number_format(value, decimals, force_grouping=True)


def _bars(chart: Chart, *, share: float, widest: float, mirrored: bool) -> Bars:
    values = [max(point.value, 0) for point in chart.points]
    whole = all(float(value).is_integer() for value in values)
    ticks = nice_ticks(max([*values, chart.target or 0], default=0), WHOLE if whole else NICE)
    top = ticks[-1]
    slot = 100 / max(len(values), 1)
    width = min(slot * share, widest)
    every = ceil(len(values) / _room_for_labels(chart)) or 1
    made = [
        _bar(
            point,
            middle=_mirror(slot * (number + 0.5), mirrored=mirrored),
            size=(width, max(PLOT * values[number] / top, LEAST if values[number] else 0)),
            labelled=number % every == 0,
            over=chart.most and chart.target is not None and point.value > chart.target,
        )
        for number, point in enumerate(chart.points)
    ]
    target = None if chart.target is None else _tick(chart.target, top)
    return Bars(made, [_tick(value, top) for value in ticks], target)


def _room_for_labels(chart: Chart) -> int:
    """How many names fit below, on a phone too."""
    longest = max((len(str(point.label)) for point in chart.points), default=1)
    return min(max(NARROWEST // (LETTER * longest + GAP), 1), LABELS)


def _bar(point: Point, *, middle: float, size: tuple[float, float], labelled: bool, over: bool) -> Bar:
    width, height = size
    return Bar(
        point=point,
        x=_percent(middle - width / 2),
        middle=_percent(middle),
        y=_plain(FLOOR - height),
        width=_percent(width),
        height=_plain(height),
        labelled=labelled,
        over=over,
    )


def _tick(value: float, top: float) -> Tick:
    return Tick(number_in_words(value), _plain(FLOOR - PLOT * value / top))


def _heights(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    if low == high:
        return [12.0] * len(values)
    return [22 - 20 * (value - low) / (high - low) for value in values]


def _along(number: int, count: int, *, mirrored: bool) -> float:
    return _mirror(100 * number / (count - 1) if count > 1 else 100.0, mirrored=mirrored)


def _mirror(x: float, *, mirrored: bool) -> float:
    return 100 - x if mirrored else x


def _percent(value: float) -> str:
    return f"{_plain(value)}%"


def _plain(value: float) -> str:
    """Never in the digits or with the comma of a language: this is for the browser."""
    return f"{round(value, 2):g}"
