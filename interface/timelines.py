"""Events as they are told: by day, the newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Told:
    """Something that happened; `details` are pairs of a name and what it was."""

    at: datetime
    actor: str
    words: "_StrOrPromise"
    icon: str = "circle-dot"
    details: Sequence[tuple["_StrOrPromise", str]] = ()


def by_day(events: Iterable[Told]) -> list[tuple[date, list[Told]]]:
    """Each day with its events, in the order in which they come."""
    return [(day, [*told]) for day, told in groupby(events, key=lambda event: localdate(event.at))]
