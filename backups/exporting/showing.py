"""An export as its page tells it: a job, with addresses of its own."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.showing import JobShown


@dataclass(frozen=True)
class ExportShown(JobShown):
    @property
    def result_template(self) -> str:
        return "backups/exporting/_result.html"

    @property
    def retry_url(self) -> str:
        """It is asked for anew, with a purpose of its own."""
        return ""

    def _address(self, name: str) -> str:
        return reverse(f"exports:{name.replace('job', 'export')}", args=[self.job.pk])


def shown(job: Job) -> ExportShown:
    return ExportShown(job, [*job.lines.all()], timezone.now())
