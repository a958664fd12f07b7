"""Where a record stands on its way, and what can be done next."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Stage:
    """A state on the way: `how` is done, present, coming or stopped."""

    label: "_StrOrPromise"
    how: str
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class NextAction:
    """A button. With a `reason` it can't be pressed, and says why. `look`: primary, danger or nothing."""

    label: "_StrOrPromise"
    url: str = ""
    reason: "_StrOrPromise" = ""
    look: str = ""
