"""What the platform's log keeps of copies, drills and restores."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

logged("backups_policy", plain=("tier",))
logged(
    "backups_recoverykey",
    plain=("recipient", "wrapped_for"),
    ignored={
        "wrapped": "an encrypted identity: its digest would be of no use to anybody",
        "certificate": "an event of its own",
        "checked_at": "written daily for each, and shown on the page of recovery keys",
        "trouble": "shown on the page of recovery keys",
    },
)
logged(
    "backups_restore",
    plain=("purpose", "reason", "state", "requested_by", "decided_by", "new_database", "old_database"),
    ignored={
        "lent_identity": "sealed to one restore, gone with it",
        "borrower": "a public key of one restore",
        "borrower_signature": "of that key",
        "not_lent": "an event of its own",
        "comparison": "shown on the restore's page",
        "error": "shown on the restore's page",
    },
)
exempt("backups_backup", "a queue's rows, written by workers a thousand times a night; each end is an event")
exempt("backups_drill", "a queue's rows, written by workers; each end is an event, and its report is signed")
exempt("backups_drillstep", "a drill's progress: it is in the drill's signed report")
exempt("backups_pulse", "when the planner last ran: written each minute")

event(
    "backups.identity_lent",
    _("The recovery key of %(tenant)s, version %(version)s, was lent to the restore %(restore)s"),
    refused=_("The recovery key of %(tenant)s was not lent to the restore %(restore)s: %(why)s"),
)
event(
    "backups.recovery_key_forged",
    refused=_("A recovery key of %(tenant)s, version %(version)s, that we didn't make was passed over"),
)
event(
    "backups.taken",
    _("A copy of %(tenant)s was taken (%(tier)s)"),
    failed=_("A copy of %(tenant)s could not be taken (%(error)s)"),
)
event("backups.asked", _("A copy of %(tenant)s was asked for"))
