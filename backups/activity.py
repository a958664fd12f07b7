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
    "backups.drilled",
    _("A copy of %(tenant)s was restored and is what it should be"),
    failed=_("A drill of %(tenant)s failed at the step %(step)s"),
)
event("backups.drill_asked", _("%(actor)s asked for a drill of %(tenant)s"))
event("backups.drill_stopped", _("%(actor)s stopped a drill of %(tenant)s"))
event("backups.drill_signed_off", _("%(actor)s signed off a drill of %(tenant)s"))
event("backups.drill_exported", _("%(actor)s fetched the report of a drill of %(tenant)s"))
