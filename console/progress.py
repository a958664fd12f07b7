"""An operation as its page tells it: what is done, what goes on, what broke, what can be done about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tenants.models import Operation, Step, TenantState

PICKED_UP_WITHIN = timedelta(seconds=10)
STATES = {"waiting": "Waiting", "running": "Running", "done": "Done", "failed": "Failed"}


@dataclass(frozen=True)
class Line:
    """One step; `state` is waiting, running, done or failed, `seconds` None before it began."""

    title: str
    state: str
    seconds: float | None

    @property
    def label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class Progress:
    """What is known at `now`, read already: a template asks the database nothing."""

    operation: Operation
    steps: list[Step]
    now: datetime

    @property
    def lines(self) -> list[Line]:
        return [self._line(step) for step in self.steps]

    def _line(self, step: Step) -> Line:
        failed = step.state == "running" and self.operation.state == Operation.State.FAILED
        return Line(step.title, "failed" if failed else step.state, self._seconds(step, failed=failed))

    def _seconds(self, step: Step, *, failed: bool) -> float | None:
        """A failed step left no time of its end, so its duration isn't known."""
        if step.started_at is None or failed:
            return None
        return ((step.finished_at or self.now) - step.started_at).total_seconds()

    @property
    def seconds(self) -> float:
        """From the request to the end, or to now."""
        end = self.operation.finished_at or self.now
        return (end - self.operation.requested_at).total_seconds()

    @property
    def is_overdue(self) -> bool:
        """Nobody has taken it up, although the worker usually does at once."""
        waited = self.now - self.operation.requested_at
        return self.operation.state == Operation.State.QUEUED and waited > PICKED_UP_WITHIN

    @property
    def can_be_retried(self) -> bool:
        """What failed can be resumed, except setting up a tenant that is being closed."""
        ending = self.operation.tenant.state in (TenantState.CLOSING, TenantState.CLOSED)
        obsolete = self.operation.kind == Operation.Kind.PROVISION and ending
        return self.operation.state == Operation.State.FAILED and not obsolete

    @property
    def owner_link(self) -> str:
        """What lets the owner set a password; empty once it is too old or the site isn't served."""
        until = self.link_good_until
        good = until is not None and self.now < until and self.operation.tenant.is_served
        return self.operation.owner_link if good else ""

    @property
    def link_good_until(self) -> datetime | None:
        finished = self.operation.finished_at
        return finished + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) if finished else None


def progress_of(operation: Operation) -> Progress:
    return Progress(operation, [*operation.steps.all()], timezone.now())
