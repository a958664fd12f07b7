"""Carrying out what was asked for, in the worker `restore`: it alone holds what that takes."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q

from audit.recording import record
from backups.models import Restore
from backups.restoring.asking import ask_swap
from backups.restoring.identity import forget
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out, in_words
from tenants.models import Operation, Step

State = Restore.State
Tell = Callable[[Step], None]


def carry(operation_id: UUID, tell: Tell | None = None) -> Operation:
    """Unbound. Where it was asked for in place, what was restored is put in force at once. Raises what stopped it."""
    done = _carried(operation_id, tell)
    following = _swap_of_in_place(done)
    return _carried(following, tell) if following else done


def _carried(operation_id: UUID, tell: Tell | None) -> Operation:
    try:
        return carry_out(operation_id, tell)
    except Exception as error:
        _write_down_failure(operation_id, in_words(error))
        raise
    finally:
        forget()


def _swap_of_in_place(done: Operation) -> UUID | None:
    with bound_to(CATALOG):
        restore = Restore.objects.filter(operation=done, in_place=True, state=State.READY).first()
        if done.state != Operation.State.DONE or restore is None:
            return None
        return ask_swap(restore, done.requested_by, done.tenant.slug).pk


def _write_down_failure(operation_id: UUID, reason: str) -> None:
    """A failed restore is one; a failed swap leaves what was restored where it is."""
    with bound_to(CATALOG):
        mine = Q(operation=operation_id) | Q(swap=operation_id)
        restore = Restore.objects.select_related("tenant").filter(mine).first()
        if restore is None:
            return
        told = {"tenant": restore.tenant.name, "reason": reason[:500]}
        if restore.state == State.RUNNING:
            Restore.objects.filter(pk=restore.pk).update(state=State.FAILED, error=reason)
            record("backups.restore_ready", "failed", subject="backups_restore", object_id=restore.pk, **told)
        elif restore.state == State.READY:
            Restore.objects.filter(pk=restore.pk).update(error=reason)
            record(
                "backups.restore_swapped", "failed", subject="backups_restore", object_id=restore.pk, **told
            )
