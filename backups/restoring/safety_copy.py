"""What is there before a restore in place replaces it: copied by the worker `backup`, which is waited for."""

import time
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from backups.exceptions import BackupError
from backups.models import Backup, Restore, Tier
from backups.restoring.handing_over import is_there
from backups.scheduling.tasks import wake_worker
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.clock import time_of_catalog
from tenants.models import Operation, Step

POLL_SECONDS = 0.5
SIDE_BY_SIDE = gettext_lazy("Left out: side by side")
NOTHING_THERE = gettext_lazy("Left out: there was nothing left to copy")


@step(gettext_noop("Make a copy of what is there now"))
def take_safety_copy(operation: Operation) -> None:
    """Only in place, where nobody has compared anything. Of a database that is lost there is none to make; the trail
    says so.
    """
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant__server").get(swap=operation)
    if not restore.in_place or restore.state == Restore.State.SWAPPED:
        return
    if not is_there(restore.tenant.place):
        with bound_to(CATALOG):
            restore.tenant.note(gettext_noop("no copy first: the database is gone"), operation.requested_by)
        return
    _wait_for(_wish(operation))


def see_to_a_safety_copy(operation: Operation) -> None:
    """Before anything is shut: of a try that goes on later than it began the copy lacks what people did meanwhile."""
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant__server").get(swap=operation)
        if not restore.in_place or _is_fresh(_newest(operation)) or not is_there(restore.tenant.place):
            return
        row = _row(operation)
        row.begin()
    take_safety_copy(operation)
    with bound_to(CATALOG):
        row.end()


def left_out(operation: Operation, restore: Restore) -> str:
    """Why putting it in force makes none, or made none, in words; "" where it does. Bound to the catalog."""
    if not restore.in_place:
        return str(SIDE_BY_SIDE)
    was_there = _row(operation).finished_at is None or _newest(operation) is not None
    return "" if was_there else str(NOTHING_THERE)


def begin_anew_where_stale(operation: Operation) -> None:
    """For whoever asks again for what has failed, bound to the catalog: its page says that there is one to be made."""
    if not _is_fresh(_newest(operation)):
        operation.steps.filter(title=take_safety_copy.title).update(started_at=None, finished_at=None)


def _row(operation: Operation) -> Step:
    return operation.steps.get(title=take_safety_copy.title)


def _newest(operation: Operation) -> Backup | None:
    made = Backup.objects.filter(
        tenant=operation.tenant_id, tier=Tier.SAFETY, due__gte=operation.requested_at
    )
    return made.order_by("-due").first()


def _is_fresh(copy: Backup | None) -> bool:
    if copy is None or not copy.is_stored or copy.damage or copy.finished_at is None:
        return False
    age = time_of_catalog() - copy.finished_at
    return age < timedelta(seconds=settings.AMANA_SAFETY_COPY_FRESH_SECONDS)


def _wish(operation: Operation) -> Backup:
    """The one that is being made for it already, or is fresh; else a new one."""
    with bound_to(CATALOG):
        found = _newest(operation)
        if found is None or (found.is_over and not _is_fresh(found)):
            later = found and max(time_of_catalog(), found.due + timedelta(seconds=1))
            found = Backup.objects.create(
                tenant_id=operation.tenant_id,
                tier=Tier.SAFETY,
                due=later or operation.requested_at,
                requested_by=operation.requested_by,
            )
        wake_worker()
    return found


def _wait_for(wish: Backup) -> None:
    until = time.monotonic() + settings.AMANA_SAFETY_COPY_SECONDS
    while wish.state != Backup.State.DONE:
        if wish.state == Backup.State.FAILED or time.monotonic() > until:
            raise BackupError(
                _(
                    "There is no copy of what is there now, so it isn't replaced. Is the worker backup running?"
                )
            )
        time.sleep(POLL_SECONDS)
        with bound_to(CATALOG):
            wish.refresh_from_db()
