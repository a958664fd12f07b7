"""A figure of the console: what it is, how it is judged in words, and what is aimed at."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from interface.words import duration

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

HOUR = timedelta(hours=1)
GOOD, WARN, BAD, PLAIN = "good", "warn", "bad", "neutral"


@dataclass(frozen=True)
class Figure:
    """`tone` and `says` judge it: the words say as much as the colour. `who` is an address with a name."""

    label: "_StrOrPromise"
    number: str
    tone: str = PLAIN
    says: "_StrOrPromise" = ""
    target: "_StrOrPromise" = ""
    who: tuple[str, str] | None = None
    lines: tuple[str, ...] = ()


def target_of(span: timedelta) -> str:
    """In hours, as every span of the strip, where it is whole ones."""
    if span % HOUR or span == HOUR:
        return _("Target: %(time)s at most") % {"time": duration(span.total_seconds())}
    return _("Target: %(hours)d hours at most") % {"hours": hours_of(span)}


def hours_of(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
