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
        "log_trouble": "shown on the restore's page",
        "storage_away_since": "shown on the restore's page, and an alarm",
    },
)
logged(
    "backups_retrieval",
    plain=("purpose", "reason", "state", "requested_by", "decided_by", "stopped_by", "fetched_by"),
    ignored={"error": "shown on the page of the archived copy"},
)
exempt("backups_archivedcopy", "a queue's rows, written by workers; each step of it is an event")
exempt("backups_backup", "a queue's rows, written by workers a thousand times a night; each end is an event")
exempt("backups_drill", "a queue's rows, written by workers; each end is an event, and its report is signed")
exempt("backups_drillstep", "a drill's progress: it is in the drill's signed report")
exempt("backups_pulse", "when the planner last ran, and the last escrow was made: written each minute")
exempt("backups_unclaimedcopy", "what the storage held at the last reconciling: written anew each night")

event(
    "backups.verified",
    _("The copy %(copy)s of %(tenant)s was verified"),
    failed=_("The copy %(copy)s of %(tenant)s is damaged: %(why)s"),
)
event(
    "backups.held", _("%(actor)s put the copy %(copy)s of %(tenant)s on hold, to be looked at on %(until)s")
)
event("backups.released", _("%(actor)s released the copy %(copy)s of %(tenant)s"))
event(
    "backups.removed",
    _("The copy %(copy)s of %(tenant)s was removed: %(why)s"),
    failed=_("The copy %(copy)s of %(tenant)s could not be removed, and stays"),
)
event("backups.claimed", _("The copy %(copy)s of %(tenant)s, found in the storage, counts again"))
event("backups.swept", _("%(number)s leftovers of attempts were removed from the storage of copies"))
event("backups.anchors_set_aside", _("What the storage held of a lost part of the log is kept as %(file)s"))
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
    "backups.recovery_key_rotated",
    _("The recovery key of %(tenant)s was rotated; version %(version)s encrypts now"),
)
event("backups.recovery_keys_rewrapped", _("%(keys)s recovery keys were wrapped for the recipients of today"))
event(
    "backups.recovery_key_checked",
    failed=_("The recovery key of %(tenant)s, version %(version)s, can't be opened: %(why)s"),
)
event(
    "backups.recovery_key_destroyed",
    _("The recovery key of %(tenant)s was destroyed (%(what)s); its last copy ends on %(final_at)s"),
)
event("backups.escrow_made", _("The recovery keys were copied to %(file)s"))
event("backups.escrow_ended", _("The copy %(file)s of the recovery keys has ended"))
event(
    "backups.escrow_restored",
    _("%(keys)s recovery keys were put back from the copy %(file)s"),
    refused=_("No recovery key was put back from the copy %(file)s"),
)
event("backups.archive_asked", _("%(actor)s asked to archive %(tenant)s until %(until)s"))
event(
    "backups.archived",
    _("All data was archived, personal data among it, until %(until)s: %(rows)s rows and %(files)s files"),
)
event(
    "backups.archive_stored",
    _("An archived copy of %(tenant)s was stored until %(until)s; its SHA-256 is %(sha256)s"),
    failed=_("%(tenant)s could not be archived (%(error)s)"),
)
event(
    "backups.archive_verified",
    failed=_("The archived copy of %(tenant)s, kept until %(until)s, is damaged"),
)
event("backups.archive_ended", _("The archived copy of %(tenant)s, kept until %(until)s, has ended"))
event("backups.retrieval_asked", _("%(actor)s asked to take an archived copy of %(tenant)s out"))
event("backups.retrieval_approved", _("%(actor)s agreed that an archived copy of %(tenant)s is taken out"))
event("backups.retrieval_stopped", _("%(actor)s stopped that an archived copy of %(tenant)s is taken out"))
event("backups.retrieval_ready", _("An archived copy of %(tenant)s can be fetched, still sealed"))
event(
    "backups.retrieval_fetched",
    _("%(actor)s took an archived copy of %(tenant)s out, still sealed; its SHA-256 is %(sha256)s"),
)
event(
    "backups.taken",
    _("A copy of %(tenant)s was taken"),
    failed=_("A copy of %(tenant)s could not be taken (%(error)s)"),
)

event("backups.restore_requested", _("%(actor)s asked us to restore the copy of %(at)s"))
event("backups.restore_asked", _("%(actor)s asked for a restore of %(tenant)s"))
event("backups.restore_approved", _("%(actor)s agreed to a restore of %(tenant)s"))
event("backups.restore_declined", _("%(actor)s refused a restore of %(tenant)s"))
event("backups.restore_begun", _("%(actor)s began a restore of %(tenant)s"))
event(
    "backups.restore_ready",
    _("%(tenant)s was restored beside its present database"),
    failed=_("Restoring %(tenant)s failed (%(error)s)"),
)
event(
    "backups.restore_swapped",
    _("The restored database of %(tenant)s is in force"),
    failed=_("The restored database of %(tenant)s couldn't be put in force (%(error)s)"),
)
event("backups.restore_given_up", _("%(actor)s gave up a restore of %(tenant)s"))
event("backups.restored_here", _("The data as of %(at)s was restored and is in force"))
event("backups.purged_again", _("What was purged since the copy was purged again: %(number)s values"))
event("backups.log_begun_anew", _("The log of %(tenant)s begins anew: what it held after %(at)s is lost"))
event(
    "backups.replaced_database_dropped",
    _("The database that a restore of %(tenant)s had replaced was dropped"),
)

event("backups.data_export_asked", _("%(actor)s asked for an export of all data, encrypted to %(recipient)s"))
event(
    "backups.data_exported",
    _("All data was exported, personal data among it: %(rows)s rows and %(files)s files, to %(recipient)s"),
)
event("backups.data_export_fetched", _("%(actor)s downloaded an export of all data"))
event("backups.data_export_cancelled", _("%(actor)s cancelled an export of all data"))
event(
    "backups.drilled",
    _("A copy of %(tenant)s was restored and is what it should be"),
    failed=_("A drill of %(tenant)s failed at the step %(step)s"),
)
event("backups.drill_asked", _("%(actor)s asked for a drill of %(tenant)s"))
event("backups.drill_stopped", _("%(actor)s stopped a drill of %(tenant)s"))
event("backups.drill_signed_off", _("%(actor)s signed off a drill of %(tenant)s"))
event("backups.drill_exported", _("%(actor)s fetched the report of a drill of %(tenant)s"))
event("backups.asked", _("%(actor)s asked for a copy of %(tenant)s"))
event("backups.check_asked", _("%(actor)s asked to verify a copy of %(tenant)s"))
event("backups.removal_asked", _("%(actor)s asked to remove a copy of %(tenant)s before its time"))
