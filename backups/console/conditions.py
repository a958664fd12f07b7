"""What can be said of a copy in a word, and how it looks."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from backups.models import Backup

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# In the order of the legend: what is proven first.
CONDITIONS: "dict[str, _StrOrPromise]" = {
    "drilled": _("Restored in a drill"),
    "verified": _("Verified"),
    "stored": _("Stored"),
    "running": _("Being taken"),
    "waiting": _("Waiting"),
    "failed": _("Failed"),
    "damaged": _("Damaged"),
    "missed": _("Missed"),
    "removed": _("Removed"),
    "due": _("Not due yet"),
    "before": _("Before the first copy"),
}
TONES = {
    "drilled": "good",
    "verified": "info",
    "running": "info",
    "failed": "bad",
    "damaged": "bad",
    "missed": "warn",
}


def words_of(backup: Backup) -> str:
    return str(CONDITIONS[backup.condition])


def tone_of(backup: Backup) -> str:
    return TONES.get(backup.condition, "neutral")
