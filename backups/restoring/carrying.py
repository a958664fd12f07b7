"""Carrying out what was asked for, in the worker `restore`: it alone holds what that takes."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audit.recording import record
from backups.exceptions import NotWhatWasCopied, StorageAway
from backups.keeping import damage
from backups.models import Restore
from backups.restoring import fetching
from backups.restoring.asking import ask_swap
from backups.restoring.identity import forget
from backups.scheduling import stopping
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out, in_words
from tenants.clock import time_of_catalog
from tenants.models import Operation, Step

State = Restore.State
TABLE = Restore._meta.db_table
Tell = Callable[[Step], None]


def carry(operation_id: UUID, tell: Tell | None = None) -> Operation:
    """Unbound. Where it was asked for in place, what was restored is put in force at once. Raises what stopped it."""
    done = _carried(operation_id, tell)
    following = _swap_of_in_place(done)
    return _carried(following, tell) if following else done


def _carried(operation_id: UUID, tell: Tell | None) -> Operation:
    try:
        return carry_out(operation_id, tell, _check)
    except stopping.Stopped:
        raise
    except Exception as error:
        _write_down_failure(operation_id, error)
        raise
    finally:
        forget()
        fetching.forget()


def _check(operation: Operation) -> None:
    """A swap isn't left to another worker: nobody is let in meanwhile. Raises Stopped."""
    if operation.kind == Operation.Kind.RESTORE:
        stopping.check()


def _swap_of_in_place(done: Operation) -> UUID | None:
    """None also where the worker is told to end: another asks for it within a minute."""
    if stopping.is_stopping():
        return None
    with bound_to(CATALOG):
        restore = Restore.objects.filter(operation=done, in_place=True, state=State.READY).first()
        if done.state != Operation.State.DONE or restore is None:
            return None
        return ask_swap(restore, done.requested_by, done.tenant.slug).pk


def _write_down_failure(operation_id: UUID, error: Exception) -> None:
    """A failed restore is one; a failed swap leaves what was restored where it is. The log names the kind of error."""
    why, kind = in_words(error), type(error).__name__
    with bound_to(CATALOG), transaction.atomic():
        mine = Q(operation=operation_id) | Q(swap=operation_id)
        restore = Restore.objects.select_related("tenant").filter(mine).first()
        if restore is None:
            return
        if isinstance(error, NotWhatWasCopied):
            damage.convict(restore.backup_id, damage.IN_A_RESTORE, error.found)
        pk, slug, here = restore.pk, restore.tenant.slug, Restore.objects.filter(pk=restore.pk)
        if restore.state == State.RUNNING:
            here.update(state=State.FAILED, error=why, storage_away_since=_since(restore, error))
            record("backups.restore_ready", "failed", subject=TABLE, object_id=pk, tenant=slug, error=kind)
        elif restore.state == State.READY:
            here.update(error=why)
            record("backups.restore_swapped", "failed", subject=TABLE, object_id=pk, tenant=slug, error=kind)


def _since(restore: Restore, error: Exception) -> datetime | None:
    """When the storage was found away first; nobody begins it anew until it was there, or for a day."""
    return (restore.storage_away_since or time_of_catalog()) if isinstance(error, StorageAway) else None
