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

event("backups.restore_requested", _("%(actor)s asked us to restore the copy of %(at)s"))
event("backups.restore_asked", _("%(actor)s asked for a restore of %(tenant)s"))
event("backups.restore_approved", _("%(actor)s agreed to a restore of %(tenant)s"))
event("backups.restore_declined", _("%(actor)s refused a restore of %(tenant)s"))
event("backups.restore_begun", _("%(actor)s began a restore of %(tenant)s"))
event(
    "backups.restore_ready",
    _("%(tenant)s was restored beside its present database"),
    failed=_("Restoring %(tenant)s failed: %(reason)s"),
)
event(
    "backups.restore_swapped",
    _("The restored database of %(tenant)s is in force"),
    failed=_("The restored database of %(tenant)s couldn't be put in force: %(reason)s"),
)
event("backups.restore_given_up", _("%(actor)s gave up a restore of %(tenant)s"))
event("backups.restored_here", _("The data as of %(at)s was restored and is in force"))
event("backups.log_begun_anew", _("The log of %(tenant)s begins anew: what it held after %(at)s is lost"))
event("backups.replaced_database_dropped", _("The database that a restore of %(tenant)s had replaced was dropped"))
