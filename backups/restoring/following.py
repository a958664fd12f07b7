"""A restore carried out before somebody's eyes: here, where the credentials are, or by the worker `restore`."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from backups.models import Restore
from backups.restoring.background import carry_in_background
from backups.restoring.carrying import carry
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import in_words
from tenants.models import Operation, Step

Say = Callable[[str], None]
POLL_SECONDS = 0.5
SILENCE_SECONDS = 900.0


def follow(operation: Operation, restore: Restore, say: Say) -> Operation:
    """Until it is over, or nobody has finished a step for a quarter of an hour; unbound. `say` hears of each step."""
    if settings.AMANA_PROVISIONER_URL:
        try:
            return carry(operation.pk, lambda step: say(_line(step)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it stands on the operation
            say(in_words(error))
            return _now(operation)
    with bound_to(CATALOG):
        carry_in_background(operation, restore.pk, None)
    return _watch(operation, say)


def _watch(operation: Operation, say: Say) -> Operation:
    told, heard_at = 0, time.monotonic()
    while True:
        operation = _now(operation)
        with bound_to(CATALOG):
            done = [*operation.steps.exclude(finished_at=None)]
        for step in done[told:]:
            say(_line(step))
            told, heard_at = told + 1, time.monotonic()
        if operation.is_over or time.monotonic() - heard_at > SILENCE_SECONDS:
            return operation
        time.sleep(POLL_SECONDS)


def _now(operation: Operation) -> Operation:
    with bound_to(CATALOG):
        return Operation.objects.select_related("tenant").get(pk=operation.pk)


def _line(step: Step) -> str:
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
