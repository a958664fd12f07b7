"""A restore as a job of the platform: done by the worker `restore`, followed on its own page."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.asking import holders
from backups.living import alive
from backups.models import Pulse
from backups.restoring.carrying import carry
from backups.scheduling.stopping import Stopped
from jobs.exceptions import JobFailed, WorkerEnds
from jobs.kinds import Kind, Person, does
from jobs.models import Job
from jobs.progress import Progress
from jobs.starting import start
from tenants.models import Operation, Step

RESTORING = Kind(
    name="backups.restoring",
    title=_("%(what)s %(tenant)s"),
    queue="restore",
    time_limit=timedelta(hours=24),
    cancellable=False,
    of_platform=True,
    may=holders("platform.backup:view"),
    page=lambda job: reverse("restores:restore-detail", args=[job.arguments["restore"]]),
)


@does(RESTORING)
def carry_out_restore(progress: Progress, operation: str, **_shown: str) -> None:
    """Whatever isn't done yet. The steps themselves stand on the operation."""

    def tell(step: Step) -> None:
        progress.step(step.title)

    try:
        with alive(Pulse.RESTORE):
            done = carry(UUID(operation), tell)
    except Stopped as end:
        raise WorkerEnds from end
    if done.state == Operation.State.FAILED:
        raise JobFailed("The restore has failed: its page says why.")


def carry_in_background(operation: Operation, restore: UUID, owner: Person | None) -> None:
    """Have it done, bound to the catalog; once, however often it is asked for."""
    asked = {"operation": str(operation.pk)}
    if not Job.objects.unfinished().filter(kind=RESTORING.name, arguments__contains=asked).exists():
        what = str(operation.get_kind_display())
        start(RESTORING.name, owner, **asked, restore=str(restore), what=what, tenant=operation.tenant.name)
