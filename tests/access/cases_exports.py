"""The pages of exports: real jobs, one of them with a file that nobody could open."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.models import Job
from tenants.binding import Bindable, bound_to
from tests.access.cases_people import Make, just
from tests.access.pages import Case

RECIPIENT = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
ASKED = {"recipient": RECIPIENT, "purpose": "For the test of pages"}


def export(state: str = "running", *, data: dict[str, str] | None = None) -> Make:
    def make(place: Bindable) -> Case:
        with bound_to(place):
            job = Job.objects.create(kind="backups.data_export", arguments=ASKED, state=state)
            if state == "done":
                job.file = default_storage.save(f"jobs/{job.pk}/1/acme.zip.age", ContentFile(b"age"))
                job.file_expires_at = timezone.now() + timedelta(hours=1)
                job.save()
        return Case({"pk": str(job.pk)}, data)

    return make


AT_OPERATORS: dict[str, Make] = {"runbook:runbook": just()}
AT_TENANT: dict[str, Make] = {
    "exports:export-list": just(),
    "exports:export-create": just(dict(ASKED)),
    "exports:export-detail": export(),
    "exports:export-progress": export(),
    "exports:export-cancel": export(data={}),
    "exports:export-file": export("done"),
}
