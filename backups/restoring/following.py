"""A restore carried out before somebody's eyes: here, where the credentials are, or by the worker `restore`."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from backups.models import Restore
from backups.restoring.background import RESTORING, carry_in_background
from backups.restoring.carrying import carry
from backups.restoring.safety_copy import take_safety_copy
from jobs.models import Job
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import in_words
from tenants.models import Operation, Step

Say = Callable[[str], None]
POLL_SECONDS = 0.5
SILENCE_SECONDS = 900.0
FAILED, SILENT = 1, 4
NOBODY = (
    "Nobody is at it, and no step has ended for a quarter of an hour: is the worker `restore` running?"
    " Nothing has failed: it goes on once that runs."
)
NOT_SHUT = "It is in force. What it has replaced isn't shut yet: that is tried again each minute."


def follow(operation: Operation, restore: Restore, say: Say) -> Operation:
    """To the end of what was asked for, or of our patience with silence; unbound. `say` hears of each step.

    Where it is restored in place, the end is that of putting it in force, or that of what stopped before.
    """
    if settings.AMANA_PROVISIONER_URL:
        try:
            return carry(operation.pk, lambda step: say(_line(step, restore)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it stands on the operation
            say(in_words(error))
            return _begun_last(restore)[1]
    with bound_to(CATALOG):
        carry_in_background(operation, restore.pk, None)
    return _watch(operation, restore, say)


def exit_code(ended: Operation, restore: Restore, say: Say) -> int:
    """0: it is as asked; 1: it failed; 4: nobody is at it, so that nobody knows yet. Bound to the catalog."""
    if not ended.is_over:
        say(NOBODY)
        return SILENT
    if restore.state == Restore.State.SWAPPED:
        if ended.state == Operation.State.FAILED:
            say(NOT_SHUT)
        return 0
    beside = ended.kind == Operation.Kind.RESTORE and not restore.in_place
    return 0 if beside and restore.state == Restore.State.READY else FAILED


def _watch(operation: Operation, restore: Restore, say: Say) -> Operation:
    told, heard_at = set[int](), time.monotonic()
    while True:
        now, last = _begun_last(restore)
        for step in _done({operation.pk, last.pk}):
            if step.pk not in told:
                say(_line(step, restore))
                told, heard_at = told | {step.pk}, time.monotonic()
        if _is_somebody_at_it():
            heard_at = time.monotonic()
        if _is_over(now, last) or time.monotonic() - heard_at > SILENCE_SECONDS:
            return last
        time.sleep(POLL_SECONDS)


def _begun_last(restore: Restore) -> tuple[Restore, Operation]:
    """As they are now: putting it in force is an operation of its own."""
    with bound_to(CATALOG):
        now = Restore.objects.select_related("operation__tenant", "swap__tenant").get(pk=restore.pk)
    last = now.swap or now.operation
    if last is None:
        raise RuntimeError(f"Nothing was begun of the restore {restore.pk}.")
    return now, last


def _done(operations: set[UUID]) -> list[Step]:
    with bound_to(CATALOG):
        done = Step.objects.filter(operation__in=operations).exclude(finished_at=None)
        return [*done.order_by("operation__kind", "position")]


def _is_over(restore: Restore, last: Operation) -> bool:
    """In place, what is restored is put in force next, without anybody asking."""
    goes_on = (
        restore.in_place
        and restore.state == Restore.State.READY
        and last.kind == Operation.Kind.RESTORE
        and last.state == Operation.State.DONE
    )
    return last.is_over and not goes_on


def _is_somebody_at_it() -> bool:
    """Or at another restore: the worker does one after the other, and this one's turn comes."""
    with bound_to(CATALOG):
        return Job.objects.held().filter(kind=RESTORING.name, lease_until__gt=Now()).exists()


def _line(step: Step, restore: Restore) -> str:
    if step.title == take_safety_copy.title and not restore.in_place:
        return f"    {step.title:<60} left out: side by side"
    return f"    {step.title:<60} {step.seconds or 0:8.2f} s"


def as_document(restore: Restore) -> str:
    """What a program reads of it; bound to the catalog."""
    restore = Restore.objects.select_related("tenant", "backup", "operation", "swap").get(pk=restore.pk)
    said: dict[str, Any] = {
        "id": str(restore.pk),
        "tenant": restore.tenant.slug,
        "copy": str(restore.backup_id),
        "copied_at": restore.backup.snapshot_at.isoformat() if restore.backup.snapshot_at else None,
        "state": restore.state,
        "purpose": restore.purpose,
        "requested_by": restore.requested_by,
        "decided_by": restore.decided_by,
        "database": restore.new_database,
        "differences": restore.comparison.get("differences"),
        "error": restore.error,
    }
    return json.dumps(said, indent=2)
