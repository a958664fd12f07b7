"""What the restore worker and web ask of `default`: it holds the key store, and writes letters."""

from celery import shared_task

from backups.restoring.purging import purge_for
from backups.restoring.telling import write_to_the_owner
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask, expires=30)
def purge_restored(restore_pk: str) -> None:
    """Before what was restored is put in force: who asked waits for it."""
    purge_for(restore_pk)


@shared_task(base=UnboundTask)
def tell_owner_of_restore(restore_pk: str) -> None:
    """How what they asked for has ended."""
    write_to_the_owner(restore_pk)
