"""What opens a tenant's copies, in the memory of the worker that restores one of them, and nowhere else."""

from contextvars import ContextVar
from uuid import UUID

from backups.models import Restore
from backups.recovery_keys import lending

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
    """Nothing of the lending stays in the catalog."""
    with lending.ask(restore) as borrowing:
        return borrowing.wait()
