"""Exports of all data in every state, as rows: nobody could open their files."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.models import Job
from tenants.binding import Bindable, bound_to
from tests.access.cases_exports import RECIPIENT
from tests.browser.walk.samples import Sample, Samples, in_each_state

KIND = "backups.data_export"
PURPOSE = (
    "ننتقل إلى نظامنا الخاص / 我们要换到自己的系统: we move to a system of our own, at the end of the year."
)


def exports_at(place: Bindable) -> Samples:
    with bound_to(place):
        if not Job.objects.filter(kind=KIND).exists():
            for state in ("done", "running", "failed", "cancelled"):
                _make(state)
        found = {each.state: each.pk for each in Job.objects.filter(kind=KIND)}
    return {
        "export": [Sample({"pk": str(found["done"])})],
        "export-detail": in_each_state(found),
        "export-progress": in_each_state({"done": found["done"]}),
    }


def _make(state: str) -> None:
    now = timezone.now()
    job = Job(kind=KIND, state=state, arguments={"recipient": RECIPIENT, "purpose": PURPOSE})
    job.lease_until = job.killed_at = now + timedelta(days=1) if state == "running" else None
    job.finished_at = None if state == "running" else now
    if state == "done":
        job.result = {"rows": 41230, "files": 12}
        job.file = default_storage.save(f"jobs/{job.pk}/1/acme-20261126T0830Z.zip.age", ContentFile(b"age"))
        job.file_expires_at = now + timedelta(hours=20)
    job.save()
