"""How large copies are, and whether the newest one is odd."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.models import Backup
from interface.charts import Chart, Point
from interface.words import day, size

ODD = 0.4  # of the median, more or less
OF_THE_LAST, AT_LEAST = 10, 3


@dataclass(frozen=True)
class Oddity:
    """A copy that is far larger or smaller than those of its tier before it: somebody should look why."""

    backup: Backup
    usual: int
    number: int

    @property
    def share(self) -> int:
        """By how many per cent."""
        return round(abs((self.backup.plain_bytes or 0) / self.usual - 1) * 100)

    @property
    def is_larger(self) -> bool:
        return (self.backup.plain_bytes or 0) > self.usual


def oddity(copies: Sequence[Backup]) -> Oddity | None:
    """Of the newest of `copies` (newest first), where it differs by 40 % from the median of the ten before it."""
    stored = [each for each in copies if each.is_stored and each.plain_bytes]
    return odd_among(stored[0], stored[1:]) if stored else None


def odd_among(backup: Backup, older: Sequence[Backup]) -> Oddity | None:
    before = [each.plain_bytes or 0 for each in older if each.tier == backup.tier][:OF_THE_LAST]
    if len(before) < AT_LEAST:
        return None
    found = Oddity(backup, int(median(before)), len(before))
    return found if found.usual and found.share >= ODD * 100 else None


def size_chart(copies: Sequence[Backup]) -> Chart:
    """Of copies, newest first: what each takes in the storage, in megabytes."""
    stored = [each for each in copies if each.is_stored and each.stored_bytes is not None]
    return Chart(
        _("Size of copies"),
        _("What each takes in the storage, in megabytes."),
        (pgettext_lazy("a backup", "Copy"), _("Size")),
        [_point(each) for each in reversed(stored)],
    )


def _point(backup: Backup) -> Point:
    stored = backup.stored_bytes or 0
    url = reverse("backups:copy-detail", args=[backup.pk])
    return Point(day(backup.snapshot_at or backup.due), stored / 1024**2, size(stored), url)
