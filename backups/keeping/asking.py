"""For pages, whose process can neither read the storage nor delete in it: checked at once, done by who can."""

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.context import because
from audit.recording import record
from backups.exceptions import BackupRefused
from backups.keeping.guarding import reason_to_keep
from backups.models import Backup
from tenants.celery import BROKER_AWAY

TABLE = Backup._meta.db_table
ON_DEMAND = "somebody asked for it"


def verify_soon(backup: Backup) -> None:
    """Bound to the catalog. Raises BackupRefused where there is no such copy, or nobody hears of it."""
    if not backup.is_stored:
        raise BackupRefused(_("There is no such copy in the storage: it was never finished, or was removed."))
    _send("backups.keeping.tasks.verify_copy", str(backup.pk))
    record("backups.check_asked", subject=TABLE, object_id=backup.pk, tenant=backup.whose)


def remove_soon(backup: Backup, reason: str) -> None:
    """Bound to the catalog. Raises BackupRefused where it must stay, or nobody hears of it."""
    refusal = reason_to_keep(backup)
    if refusal:
        raise BackupRefused(refusal)
    with because(reason):
        _send("backups.keeping.tasks.remove_copy", str(backup.pk), ON_DEMAND)
        record("backups.removal_asked", subject=TABLE, object_id=backup.pk, tenant=backup.whose)


def _send(task: str, *arguments: str) -> None:
    try:
        import_string(task).delay(*arguments)
    except BROKER_AWAY as error:
        raise BackupRefused(_("The broker is away, so that nobody hears of it: try again later.")) from error
