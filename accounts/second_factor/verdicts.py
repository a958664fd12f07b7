"""What is said to somebody who gave a code."""

from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from interface.words import duration

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Said(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    WAIT = "wait"
    NO_DEVICE = "no device"


@dataclass(frozen=True)
class Verdict:
    """`wait`: seconds until a code is looked at again, where there were too many wrong ones."""

    said: Said
    wait: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.said is Said.RIGHT

    @property
    def retry_after(self) -> int:
        return ceil(self.wait)

    @property
    def words(self) -> "_StrOrPromise":
        """For the person. Empty where the code is right."""
        if self.said is Said.WAIT:
            return _("There were too many wrong codes. Try again in %(wait)s, with a new code.") % {
                "wait": duration(self.retry_after)
            }
        return {
            Said.RIGHT: "",
            Said.WRONG: _("This code is wrong. Type the one that your app shows for this site now."),
            Said.EXPIRED: _("This code has just expired. Wait for the next one and type that."),
            Said.USED: _("This code was used already. Wait for the next one and type that."),
            Said.NO_DEVICE: _("No second factor is set up."),
        }[self.said]
