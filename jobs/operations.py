"""An operation as a page follows it: what is done, what goes on, what broke. Where it leads to, its page knows."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from jobs.showing import PICKED_UP_WITHIN, StepLine
from tenants.models import Operation, Step


@dataclass(frozen=True)
class OperationProgress:
    """What is known at `now`, read already: the part of `jobs.showing.Followed` that all operations share."""

    operation: Operation
    steps: list[Step]
    now: datetime

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
        failed = step.state == "running" and self.operation.state == Operation.State.FAILED
        return StepLine(
            gettext(step.title), "failed" if failed else step.state, self._seconds(step, failed=failed)
        )

    def _seconds(self, step: Step, *, failed: bool) -> float | None:
        """A failed step left no time of its end, so its duration isn't known."""
        if step.started_at is None or failed:
            return None
        return ((step.finished_at or self.now) - step.started_at).total_seconds()

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int | None:
        return None if self.is_over else len(self.steps)

    @property
    def failure(self) -> str:
        return self.operation.error

    @property
    def failure_words(self) -> str:
        return gettext("It stopped. What is done stays done, and a retry goes on from the step that failed.")

    @property
    def is_left_waiting(self) -> bool:
        """Nobody has taken it up, although the worker usually does at once."""
        waited = self.now - self.operation.queued_at
        return self.operation.state == Operation.State.QUEUED and waited > PICKED_UP_WITHIN
