"""For pages, whose process can neither read the storage nor delete in it: checked at once, done by who can."""

from django.utils.translation import gettext as _

from audit.context import because
from audit.recording import record
from backups.exceptions import BackupRefused
from backups.keeping.background import REMOVE, VERIFY
from backups.keeping.guarding import reason_to_keep
from backups.models import Backup
from jobs.kinds import Kind, Person
from jobs.models import Job
from jobs.starting import start

TABLE = Backup._meta.db_table


def verify_soon(backup: Backup, by: Person) -> Job:
    """The job that says what came of it; bound to the catalog. Raises BackupRefused where there is no such copy."""
    if not backup.is_stored:
        raise BackupRefused(_("There is no such copy in the storage: it was never finished, or was removed."))
    job = _begun(VERIFY, backup, by)
    record("backups.check_asked", subject=TABLE, object_id=backup.pk, tenant=backup.whose)
    return job


def remove_soon(backup: Backup, reason: str, by: Person) -> Job:
    """The job that says what came of it; bound to the catalog. Raises BackupRefused where it must stay."""
    refusal = reason_to_keep(backup)
    if refusal:
        raise BackupRefused(refusal)
    with because(reason):
        job = _begun(REMOVE, backup, by)
        record("backups.removal_asked", subject=TABLE, object_id=backup.pk, tenant=backup.whose)
    return job


def _begun(kind: Kind, backup: Backup, by: Person) -> Job:
    """Once, however often it is asked for."""
    asked = {"backup": str(backup.pk)}
    same = Job.objects.unfinished().filter(kind=kind.name, arguments__contains=asked)
    going_on: Job | None = same.order_by("created_at").first()
    return going_on or start(kind.name, by, **asked, copy=backup.name, whose=backup.whose)
