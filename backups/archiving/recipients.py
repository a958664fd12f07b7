"""Whom an archived copy is sealed for: the two offline recovery keys, and no machine of ours."""

from django.conf import settings

from backups.exceptions import BackupRefused
from backups.recovery_keys.wrapping import OFFLINE, offline_recipients


def archive_recipients() -> list[str]:
    """Raises BackupRefused where they aren't two, or the drill worker's key is among them."""
    offline = sorted({*offline_recipients()})
    if len(offline) != OFFLINE:
        raise BackupRefused("Recovery keys aren't set up: run init_recovery_keys and follow what it says.")
    if settings.AMANA_DRILL_RECIPIENT in offline:
        raise BackupRefused(
            "AMANA_RECOVERY_RECIPIENTS names the drill worker's key: nothing is archived for it."
        )
    return offline
