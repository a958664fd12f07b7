"""What was purged since the copy was taken is purged again in what was restored from it, before anybody may use it.

AMANA_PURGES names what does it: a function that is called bound to the restored database, in one transaction, with the
moment of the copy, by a process that holds the key store; it gives how many values it took away. The restore worker
holds no keys: it asks `default`, and believes the event that is written into the restored log afterwards.
"""

import time

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.context import acting
from audit.reading import read
from audit.recording import record
from backups.exceptions import BackupError
from backups.models import Restore
from backups.restoring.steps import new_place
from backups.restoring.taking_up import ACTOR
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY
from tenants.places import Place

TABLE = Restore._meta.db_table
EVENT = "backups.purged_again"
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 30.0  # the site answers 503 meanwhile


def purge_again(restore: Restore, new: Place) -> None:
    """Done when this returns, unbound. Raises BackupError where nobody who holds the key store does it."""
    if settings.AMANA_KEYSTORE_URL:
        purge(restore, new)
        return
    before, until = _last(restore, new), time.monotonic() + PATIENCE_SECONDS
    _ask(restore)
    while _last(restore, new) == before:
        if time.monotonic() > until:
            raise BackupError(_silence())
        time.sleep(POLL_SECONDS)


def purge_for(pk: str) -> None:
    """As the restore worker has asked, unbound; nothing happens where it is in force already, or given up."""
    with bound_to(CATALOG):
        waiting = Restore.objects.select_related("tenant__server", "backup").filter(state=Restore.State.READY)
        restore = waiting.filter(pk=pk).first()
    if restore is not None:
        purge(restore, new_place(restore))


def purge(restore: Restore, new: Place) -> None:
    """Safe to do again."""
    with bound_to(new), acting(ACTOR):
        with transaction.atomic():
            number = sum(import_string(path)(restore.backup.snapshot_at) for path in settings.AMANA_PURGES)
        record("backups.purged_again", subject=TABLE, object_id=restore.pk, number=number)


def _last(restore: Restore, new: Place) -> int:
    """The event of the last time; 0 where there was none."""
    with bound_to(new):
        found = read(1, action=EVENT, object_id=str(restore.pk))
    return found[0].id if found else 0


def _ask(restore: Restore) -> None:
    try:
        with bound_to(CATALOG):
            import_string("backups.tasks.purge_restored").delay(str(restore.pk))
    except BROKER_AWAY as trouble:
        raise BackupError(_silence()) from trouble


def _silence() -> str:
    return _("What was purged since the copy wasn't purged again. Is the worker default running? Try again.")
