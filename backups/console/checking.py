"""A copy is verified by a worker that may read the storage: asked for here."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext

from audit.recording import record
from backups.console.asking import name_of
from backups.exceptions import BackupRefused
from backups.models import Backup
from tenants.celery import BROKER_AWAY

TASK = "backups.keeping.tasks.verify_copy"


@transaction.atomic
def ask_to_check(backup: Backup) -> None:
    """Raises BackupRefused where it isn't in the storage."""
    if not backup.is_stored:
        raise BackupRefused(gettext("It isn't in the storage."))
    record(
        "backups.check_asked",
        subject=Backup._meta.db_table,
        object_id=backup.pk,
        tenant=name_of(backup.tenant),
    )
    transaction.on_commit(partial(_send, backup.pk))


def _send(pk: UUID) -> None:
    """A broker that is away loses nothing but this one look: each copy is verified by itself, too."""
    with suppress(*BROKER_AWAY):
        current_app.send_task(TASK, [str(pk)])
