"""What the platform's log keeps of copies, drills and restores."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

logged("backups_policy", plain=("tier",))
logged(
    "backups_recoverykey",
    plain=("recipient",),
    ignored={
        "wrapped": "an encrypted identity: its digest would be of no use to anybody",
        "certificate": "an event of its own",
    },
)
logged(
    "backups_restore",
    plain=("purpose", "reason", "state", "requested_by", "decided_by", "new_database", "old_database"),
    ignored={
        "lent_identity": "sealed to one restore, gone with it",
        "borrower": "a public key of one restore",
        "comparison": "shown on the restore's page",
        "error": "shown on the restore's page",
    },
)
exempt("backups_backup", "a queue's rows, written by workers a thousand times a night; each end is an event")
exempt("backups_drill", "a queue's rows, written by workers; each end is an event, and its report is signed")
exempt("backups_drillstep", "a drill's progress: it is in the drill's signed report")

event("backups.taken", _("A copy of %(tenant)s was taken"))
event(
    "backups.verified",
    _("The copy %(copy)s of %(tenant)s was verified"),
    failed=_("The copy %(copy)s of %(tenant)s is damaged: %(why)s"),
)
event("backups.held", _("%(actor)s put the copy %(copy)s of %(tenant)s on hold until %(until)s"))
event("backups.released", _("%(actor)s released the copy %(copy)s of %(tenant)s"))
event(
    "backups.removed",
    _("The copy %(copy)s of %(tenant)s was removed: %(why)s"),
    failed=_("The copy %(copy)s of %(tenant)s could not be removed, and stays"),
)
event("backups.swept", _("%(number)s leftovers of attempts were removed from the storage of copies"))
