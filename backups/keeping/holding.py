"""Legal hold: a copy is kept until somebody ends the hold, whatever the policy and the clock say."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.context import because
from audit.recording import record
from backups.exceptions import BackupRefused
from backups.keeping.hold_notes import HoldNote
from backups.keeping.tasks import end_holds_soon, write_holds_soon
from backups.models import Backup, RecoveryKey
from backups.persons import is_same_person
from tenants.binding import CATALOG, bound_to

TABLE = Backup._meta.db_table
AS_NOTED = "as the storage says: why, the log of operators or who held it knows"


def hold(backup: Backup, until: datetime, reason: str, by: str) -> None:
    """`until`: when to look at it: no hold ends by itself. Held already, the new one counts.

    Raises BackupRefused, also for one that nothing opens.
    """
    if until <= timezone.now():
        raise BackupRefused(_("That day has gone by: give one that is still to come."))
    if not reason.strip():
        raise BackupRefused(_("Say why it must be kept."))
    with bound_to(CATALOG), because(reason), transaction.atomic():
        row = _locked(backup)
        _refuse_without_key(row)
        _write(row, until, reason, by)
        transaction.on_commit(write_holds_soon)
    backup.hold_until, backup.hold_reason, backup.hold_by = until, reason, by


def release(backup: Backup, reason: str, by: str) -> None:
    """The policy counts again, from the next round on. Raises BackupRefused, also for the one who holds it."""
    with bound_to(CATALOG), because(reason), transaction.atomic():
        row = _locked(backup)
        if not row.is_held:
            raise BackupRefused(_("It isn't held."))
        if is_same_person(row.hold_by, by):
            raise BackupRefused(_("You put it on hold yourself: another operator must end that."))
        row.hold_until, row.hold_reason, row.hold_by = None, "", by
        row.save(update_fields=["hold_until", "hold_reason", "hold_by"])
        record("backups.released", subject=TABLE, object_id=row.pk, tenant=row.whose, copy=row.name)
        transaction.on_commit(end_holds_soon)
    backup.hold_until, backup.hold_reason, backup.hold_by = None, "", by


def hold_as_noted(notes: Iterable[HoldNote]) -> int:
    """What the storage says is held and the catalog, which was lost, doesn't know to be; how many copies. Unbound."""
    with bound_to(CATALOG), because(AS_NOTED), transaction.atomic():
        there = {note.backup: note for note in notes}
        rows = [*Backup.objects.stored().filter(pk__in=[*there], hold_until=None).select_related("tenant")]
        for row in rows:
            _write(row, there[row.pk].until, AS_NOTED, there[row.pk].by)
    return len(rows)


def _write(row: Backup, until: datetime, reason: str, by: str) -> None:
    row.hold_until, row.hold_reason, row.hold_by = until, reason, by
    row.save(update_fields=["hold_until", "hold_reason", "hold_by"])
    record(
        "backups.held",
        subject=TABLE,
        object_id=row.pk,
        tenant=row.whose,
        copy=row.name,
        until=f"{until:%Y-%m-%d}",
    )


def _refuse_without_key(row: Backup) -> None:
    """The key is locked: it is destroyed before this, or not while the hold lasts."""
    keys = RecoveryKey.objects.filter(tenant=row.tenant_id, version=row.key_version or 0)
    key = keys.select_for_update(of=("self",)).first()
    if key and key.destroyed_at:
        told = {"day": f"{key.destroyed_at:%Y-%m-%d}"}
        raise BackupRefused(_("Its key was destroyed on %(day)s: nothing opens this copy any more.") % told)


def _locked(backup: Backup) -> Backup:
    row: Backup = (
        Backup.objects.select_related("tenant").select_for_update(of=("self",), no_key=True).get(pk=backup.pk)
    )
    if not row.is_stored:
        raise BackupRefused(_("There is no such copy in the storage: it was never finished, or was removed."))
    return row
