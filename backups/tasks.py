"""What the restore worker asks of `default`, which holds the key store."""

from celery import shared_task

from backups.restoring.purging import purge_for
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask, expires=30)
def purge_restored(restore_pk: str) -> None:
    """Before what was restored is put in force: who asked waits for it."""
    purge_for(restore_pk)
