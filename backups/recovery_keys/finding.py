"""The key that copies are encrypted to, and the one that a copy was."""

from django.db.models import Exists, OuterRef

from backups.exceptions import RecoveryKeyMissing
from backups.models import Backup, RecoveryKey
from backups.models.copies import BackupQuerySet
from tenants.models import Tenant


def current_key(tenant: Tenant | None) -> RecoveryKey:
    """The tenant's newest, or the catalog's, bound to the catalog. Raises RecoveryKeyMissing, also for a forged one."""
    key = RecoveryKey.objects.usable().filter(tenant=tenant).first()
    if key is None:
        raise RecoveryKeyMissing(f"{tenant or 'The catalog'} has no recovery key: nothing can be encrypted.")
    if not key.is_genuine:
        raise RecoveryKeyMissing(
            f"The recovery key of {tenant or 'the catalog'} isn't one that we made: nothing is encrypted to it."
        )
    return key


def key_of(backup: Backup) -> RecoveryKey:
    """The key that this copy was encrypted to, bound to the catalog. Raises RecoveryKeyMissing."""
    key = RecoveryKey.objects.filter(tenant=backup.tenant_id, version=backup.key_version or 0).first()
    if key is None:
        raise RecoveryKeyMissing(f"There is no recovery key version {backup.key_version}: restore an escrow.")
    return key


def openable(copies: BackupQuerySet) -> BackupQuerySet:
    """Without those whose key was destroyed: nothing opens them any more. Bound to the catalog."""
    mine = RecoveryKey.objects.filter(tenant=OuterRef("tenant"), version=OuterRef("key_version"))
    return copies.exclude(Exists(mine.exclude(destroyed_at=None)))
