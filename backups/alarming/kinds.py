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
    UNVERIFIED = "unverified", _("Copies weren't verified for too long")
    KEYS = "keys", _("A recovery key can't be relied on")
    ESCROW = "escrow", _("Recovery keys aren't escrowed")
    SCHEDULER = "scheduler", _("Nothing plans backups")
    RESTORING = "restoring", _("Nothing carries out restores")
    LENDING = "lending", _("Nothing lends recovery keys to restores")
    STORAGE = "storage", _("The backup storage takes no copies")
    READING = "reading", _("Stored copies can't be read")
    KEEPING = "keeping", _("Stored copies can't be ended")
    OVERDUE = "overdue", _("Copies are kept beyond their time")
    ENDING = "ending", _("Copies aren't ended")
    HOLD = "hold", _("A copy on hold is to be looked at")
    ANCHORS = "anchors", _("The activity log and its anchors don't agree")
    UNCLAIMED = "unclaimed", _("The storage holds copies that the catalog doesn't know")
    ARCHIVE = "archive", _("Archived copies aren't as they should be")


# Of these there is one for the whole platform, and not one for each database.
OF_THE_PLATFORM = frozenset(
    {
        AlarmKind.UNVERIFIED,
        AlarmKind.ESCROW,
        AlarmKind.SCHEDULER,
        AlarmKind.RESTORING,
        AlarmKind.LENDING,
        AlarmKind.STORAGE,
        AlarmKind.READING,
        AlarmKind.KEEPING,
        AlarmKind.OVERDUE,
        AlarmKind.ENDING,
        AlarmKind.HOLD,
        AlarmKind.UNCLAIMED,
        AlarmKind.ARCHIVE,
    }
)
