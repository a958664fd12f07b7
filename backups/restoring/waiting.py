"""Restores that only the storage stands in the way of: nobody has to sit there until it is back."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from backups.models import Restore
from backups.scheduling.working import PATIENCE_WITH_STORAGE
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Operation

State = Restore.State
PATIENCE: timedelta = PATIENCE_WITH_STORAGE


def waits_for_storage(restore: Restore) -> bool:
    """It failed because the storage was away, and is tried again by itself; for a day since that began."""
    since = restore.storage_away_since
    return restore.state == State.FAILED and since is not None and time_of_catalog() - since < PATIENCE


def take_up_again() -> list[UUID]:
    """Operations that go on now, as somebody had begun them; unbound. Whoever gave one up has ended it."""
    since = time_of_catalog() - PATIENCE
    with bound_to(CATALOG), transaction.atomic():
        rows = Restore.objects.select_for_update(of=("self",)).filter(
            state=State.FAILED, storage_away_since__gt=since, operation__state=Operation.State.FAILED
        )
        found = [*rows.values_list("pk", flat=True)]
        Restore.objects.filter(pk__in=found).update(state=State.RUNNING)
        return queued([*Operation.objects.filter(restore__in=found)])


def queued(operations: list[Operation]) -> list[UUID]:
    """Bound to the catalog."""
    for operation in operations:
        operation.queue()
    return [operation.pk for operation in operations]
