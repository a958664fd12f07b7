"""What others ask of the drill worker, which alone can open a wrapped identity."""

from celery import shared_task

from backups.models import Restore
from backups.recovery_keys.lending import lend
from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask)
def lend_identity(restore_pk: str) -> None:
    """To the restore that is agreed to; redelivered it is lent to the same key again."""
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant", "backup").filter(pk=restore_pk).first()
        if restore is not None:
            lend(restore)
