"""What opens a tenant's copies, in the memory of the worker that restores one of them, and nowhere else."""

from contextvars import ContextVar
from uuid import UUID

from django.conf import settings

from backups.exceptions import RecoveryKeyMissing
from backups.models import RecoveryKey, Restore
from backups.recovery_keys.wrapping import unwrap_identity
from tenants.binding import CATALOG, bound_to

_borrowed: ContextVar[tuple[UUID, str] | None] = ContextVar("amana_borrowed", default=None)


def borrowed(restore: Restore) -> str:
    """Borrowed once for all steps that this process carries out. Raises BackupError where nobody lends it."""
    kept = _borrowed.get()
    if kept is not None and kept[0] == restore.pk:
        return kept[1]
    identity = _borrow(restore)
    _borrowed.set((restore.pk, identity))
    return identity


def forget() -> None:
    _borrowed.set(None)


def _borrow(restore: Restore) -> str:
    backup = restore.backup
    with bound_to(CATALOG):
        key = RecoveryKey.objects.filter(tenant=backup.tenant_id, version=backup.key_version).first()
    if key is None or key.destroyed_at:
        raise RecoveryKeyMissing("The key of this copy was destroyed: nobody can open it any more.")
    return unwrap_identity(key.wrapped, settings.AMANA_DRILL_KEY)
