"""Kept longer, or not as long: holds, and removal before the time."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from audit.context import because
from audit.recording import record
from backups.console.asking import name_of
from backups.console.history import last_good
from backups.exceptions import BackupRefused
from backups.models import Backup

TABLE = Backup._meta.db_table


@transaction.atomic
def hold(backup: Backup, until: datetime, reason: str, by: str) -> None:
    """Keep it until then, whatever the policy says. Raises BackupRefused."""
    held = _locked(backup)
    if until <= timezone.now():
        raise BackupRefused(gettext("A hold ends in the future."))
    held.hold_until, held.hold_reason = until, reason
    held.save(update_fields=["hold_until", "hold_reason"])
    with because(reason):
        told = {"tenant": name_of(held.tenant), "until": f"{until:%Y-%m-%d}"}
        record("backups.held", subject=TABLE, object_id=held.pk, **told)


@transaction.atomic
def release(backup: Backup, by: str) -> None:
    """From now on the policy decides again. Raises BackupRefused."""
    held = _locked(backup)
    if not held.is_held:
        raise BackupRefused(gettext("It isn't held."))
    held.hold_until, held.hold_reason = None, ""
    held.save(update_fields=["hold_until", "hold_reason"])
    record("backups.released", subject=TABLE, object_id=held.pk, tenant=name_of(held.tenant))


@transaction.atomic
def remove_early(backup: Backup, typed: str, by: str) -> None:
    """Its time ends now: expiry takes it at its next run. Raises BackupRefused."""
    held = _locked(backup)
    if typed != held.name:
        raise BackupRefused(gettext("Type %(name)s to remove it: nothing was done.") % {"name": held.name})
    if objection := objection_to_removal(held):
        raise BackupRefused(objection)
    held.expires_at = timezone.now()
    held.save(update_fields=["expires_at"])
    record("backups.removal_asked", subject=TABLE, object_id=held.pk, tenant=name_of(held.tenant))


def objection_to_removal(backup: Backup) -> str:
    """Why it can't be removed, in words; empty where it can."""
    if not backup.is_stored:
        return gettext("It isn't in the storage.")
    if backup.is_held:
        return gettext("It is held: end the hold first.")
    newest = last_good(backup.tenant)
    if newest is None or newest.pk == backup.pk:
        return gettext("It is the last good copy: it stays until there is a newer one.")
    return ""


def _locked(backup: Backup) -> Backup:
    """Raises BackupRefused where it isn't in the storage."""
    held = Backup.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=backup.pk)
    if not held.is_stored:
        raise BackupRefused(gettext("It isn't in the storage."))
    return held
