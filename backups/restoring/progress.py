"""A restore's operation as its page follows it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from backups.models import Restore
from jobs.showing import PICKED_UP_WITHIN, StepLine
from tenants.models import Operation, Step


@dataclass(frozen=True)
class Progress:
    """What is known at `now`, read already; see `jobs.showing.Followed`."""

    restore: Restore
    operation: Operation
    steps: list[Step]
    now: datetime
    may_retry: bool

    @property
    def state(self) -> str:
        return self.operation.state

    @property
    def state_label(self) -> str:
        return self.operation.get_state_display()

    @property
    def is_over(self) -> bool:
        return self.operation.is_over

    @property
    def lines(self) -> list[StepLine]:
        return [self._line(step) for step in self.steps]

    def _line(self, step: Step) -> StepLine:
        if step.state == "running" and self.operation.state == Operation.State.FAILED:
            return StepLine(gettext(step.title), "failed", None)
        return StepLine(gettext(step.title), step.state, self._seconds(step))

    def _seconds(self, step: Step) -> float | None:
        if step.started_at is None:
            return None
        return ((step.finished_at or self.now) - step.started_at).total_seconds()

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int | None:
        return None if self.is_over else len(self.steps)

    @property
    def log(self) -> list[tuple[datetime, str, str]]:
        return []

    @property
    def failure(self) -> str:
        return self.operation.error

    @property
    def failure_words(self) -> str:
        return gettext("It stopped. What is done stays done, and a retry goes on from the step that failed.")

    @property
    def notice(self) -> str:
        waited = self.now - self.operation.requested_at
        if self.operation.state != Operation.State.QUEUED or waited <= PICKED_UP_WITHIN:
            return ""
        return gettext(
            "Nobody has taken this up yet. If it still waits after a minute, see whether the worker restore runs."
        )

    @property
    def result_template(self) -> str:
        return "restores/_result.html"

    @property
    def poll_url(self) -> str:
        return reverse("restores:restore-progress", args=[self.restore.pk])

    @property
    def cancel_url(self) -> str:
        """It is given up, which drops what there is of it."""
        return ""

    @property
    def retry_url(self) -> str:
        """What failed goes on where it stopped: a swap is asked for anew, with the name typed."""
        failed = self.operation.state == Operation.State.FAILED
        if not (failed and self.may_retry and self.operation.kind == Operation.Kind.RESTORE):
            return ""
        return reverse("restores:restore-begin", args=[self.restore.pk])


def progress_of(restore: Restore, *, may_retry: bool) -> Progress | None:
    """Of what was begun last; None where nothing was."""
    operation = restore.swap or restore.operation
    if operation is None or restore.state == Restore.State.GIVEN_UP:
        return None
    return Progress(restore, operation, [*operation.steps.all()], timezone.now(), may_retry)
