"""Asking for an export, fetching it, taking it back: what a person does, told in the log with their purpose."""

from typing import IO

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from audit.context import because
from audit.recording import record
from backups.exceptions import ExportRefused
from backups.exporting.background import EXPORT
from backups.exporting.sealing import checked_recipient
from jobs.kinds import Person
from jobs.models import Job
from jobs.querysets import JobQuerySet
from jobs.starting import start

TABLE = Job._meta.db_table


def exports() -> JobQuerySet:
    """Of whoever is bound, newest first; each holds everything, so whoever may see one may see them all."""
    return Job.objects.filter(kind=EXPORT.name).order_by("-id")


def ask_for_export(person: Person, recipient: str, purpose: str) -> Job:
    """Raises ExportRefused while another is being made, or for what isn't a public key of age."""
    recipient = checked_recipient(recipient)
    if exports().unfinished().exists():
        raise ExportRefused(_("An export is being made already: wait for it, or cancel it."))
    job = start(EXPORT.name, person, recipient=recipient, purpose=purpose)
    with because(purpose):
        record("backups.data_export_asked", subject=TABLE, object_id=job.pk, recipient=recipient)
    return job


def cancel_export(job: Job) -> None:
    """Raises JobRefused where it is over."""
    job.cancel()
    record("backups.data_export_cancelled", subject=TABLE, object_id=job.pk)


def open_export(job: Job) -> IO[bytes]:
    """Its file, still encrypted. Raises FileNotFoundError where there is none (any more)."""
    if not job.has_file:
        raise FileNotFoundError(job.pk)
    content: IO[bytes] = default_storage.open(job.file)
    record("backups.data_export_fetched", subject=TABLE, object_id=job.pk)
    return content
