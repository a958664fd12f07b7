"""The job that makes an export: written, compressed and encrypted in one stream, by the worker for files."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.asking import holders_everywhere
from audit.context import because
from audit.recording import record
from backups.exporting.sealing import sealed_to
from backups.exporting.writing import write_everything
from jobs.kinds import Kind, does
from jobs.progress import Progress
from tenants.binding import bound_tenant

VIEW, CREATE = "backups.data_export:view", "backups.data_export:create"
EXPORT = Kind(
    name="backups.data_export",
    title=_("Export all data"),
    outcome=_("Rows in the file: %(rows)s, and files: %(files)s."),
    queue="files",
    time_limit=timedelta(hours=4),
    permission=CREATE,
    may=holders_everywhere(VIEW),
    page=lambda job: reverse("exports:export-detail", args=[job.pk]),
)


@does(EXPORT)
def export_data(progress: Progress, recipient: str, purpose: str) -> dict[str, int]:
    """Everything of the bound tenant, as one file that only the holder of that key can open."""
    tenant = bound_tenant()
    progress.step("Write and encrypt the file")
    name = f"{tenant.slug}-{timezone.now():%Y%m%dT%H%MZ}.zip.age"
    with progress.file(name) as out, sealed_to([recipient], out) as stream:
        written = write_everything(stream, tenant.name, progress.at)
    with because(purpose):
        record("backups.data_exported", rows=written.records, files=written.files.files, recipient=recipient)
    return {"rows": written.records, "files": written.files.files}
