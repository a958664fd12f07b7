"""What beat and people ask of the archive. A message says no more than "look": rows say what for."""

from celery import shared_task

from backups.archiving.keeping import look_after
from backups.archiving.sealing import seal_what_waits
from backups.archiving.standing import verify_round
from backups.archiving.storing import store_what_is_sealed
from backups.archiving.telling import tell_what_is_agreed_to
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask, expires=60)
def seal_archived_copies() -> None:
    """Each minute, by the worker `files`, which holds the tenants' data keys."""
    seal_what_waits()


@shared_task(base=UnboundTask, expires=60)
def store_archived_copies() -> None:
    """Each minute, by the worker `backup`, which may write into the storage."""
    store_what_is_sealed()


@shared_task(base=UnboundTask, expires=60)
def tell_of_retrievals() -> None:
    """Each minute, by the worker `default`: letters."""
    tell_what_is_agreed_to()


@shared_task(base=UnboundTask, expires=60)
def look_after_archive() -> None:
    """Each minute, by the worker `control`: what may leave is brought, what is over is ended."""
    look_after()


@shared_task(base=UnboundTask)
def verify_archived_copies() -> None:
    """Nightly, by the worker `drill`, which may read the storage."""
    verify_round()
