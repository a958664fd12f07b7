"""What alarms of backups are about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AlarmKind(models.TextChoices):
    """In the column `kind` of audit.Alarm, beside those about sealing."""

    STALE = "stale", _("The newest good copy is too old")
    FAILED = "failed", _("A copy could not be taken")
    DAMAGED = "damaged", _("A stored copy is damaged")
    DRILL = "drill", _("A restore drill failed")
    UNDRILLED = "undrilled", _("No drill for too long")
    SCHEDULER = "scheduler", _("Nothing plans backups")
    STORAGE = "storage", _("The backup storage is away")
    ENDING = "ending", _("Copies aren't ended")
    ANCHORS = "anchors", _("The activity log and its anchors don't agree")
    UNCLAIMED = "unclaimed", _("The storage holds copies that the catalog doesn't know")


# Of these there is one for the whole platform, and not one for each database.
OF_THE_PLATFORM = frozenset({AlarmKind.SCHEDULER, AlarmKind.STORAGE, AlarmKind.ENDING, AlarmKind.UNCLAIMED})
