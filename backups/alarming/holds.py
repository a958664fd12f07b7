"""Copies on hold whose day has gone by: no hold ends by itself, so that somebody must be reminded of it."""

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from backups.models import Backup
from backups.sentences import sentence

NAMED = 5
DUE = gettext_noop(
    "Copies on hold that were to be looked at by now: %(number)s (%(names)s). End each hold, or give it another day."
)


def holds_to_look_at() -> QuerySet[Backup]:
    """By the catalog's clock, the longest overdue first; bound to the catalog."""
    held = Backup.objects.held().filter(hold_until__lte=Now()).select_related("tenant")
    return held.defer("manifest").order_by("hold_until")


def hold_words() -> str:
    """Empty where there are none. The first are named, as somebody types them."""
    found = [*holds_to_look_at()]
    if not found:
        return ""
    names = [f"{copy.whose} {copy.name}" for copy in found[:NAMED]]
    if len(found) > NAMED:
        names.append("…")
    return sentence(DUE, number=len(found), names=", ".join(names))
