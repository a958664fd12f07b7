"""Setting tenants up and closing them, as jobs of the platform: done by `control`, followed on a page."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.asking import holders
from jobs.exceptions import JobFailed
from jobs.kinds import Kind, Person, does
from jobs.models import Job
from jobs.progress import Progress
from jobs.starting import start
from tenants.carrying_out import carry_out
from tenants.models import Operation, Step

OPERATION = Kind(
    name="console.operation",
    title=_("%(what)s %(tenant)s"),
    queue="control",
    time_limit=timedelta(hours=1),
    cancellable=False,
    of_platform=True,
    may=holders("platform.tenant:view"),
    page=lambda job: reverse("console:operation-detail", args=[job.arguments["operation"]]),
)


@does(OPERATION)
def carry_out_operation(progress: Progress, operation: str, **_shown: str) -> None:
    """Whatever isn't done yet; a step that was cut off is done again. The steps themselves stand on the operation."""

    def tell(step: Step) -> None:
        progress.step(step.title)

    done = carry_out(UUID(operation), tell)
    if done.state == Operation.State.FAILED:
        raise JobFailed("The operation has failed: its page says why.")


def carry_out_in_background(operation: Operation, owner: Person) -> None:
    """Have it done, bound to the catalog; once, however often it is asked for."""
    arguments = {"operation": str(operation.pk)}
    if not Job.objects.unfinished().filter(kind=OPERATION.name, arguments__contains=arguments).exists():
        what = str(operation.get_kind_display())
        start(OPERATION.name, owner, **arguments, what=what, tenant=operation.tenant.name)
