"""An operation as its page tells it: what is done, what goes on, what broke, what can be done about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from jobs.showing import PICKED_UP_WITHIN, StepLine
from tenants.models import Operation, Step, TenantState


@dataclass(frozen=True)
class Progress:
    """What is known at `now`, read already; followed by a page as every job is (`jobs.showing.Followed`).

    `may_retry`: whether whoever looks at it is offered to try again what failed.
    """

    operation: Operation
    steps: list[Step]
    now: datetime
    may_retry: bool = True

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
        """Nobody has taken it up, although the worker usually does at once."""
        waited = self.now - self.operation.requested_at
        if self.operation.state != Operation.State.QUEUED or waited <= PICKED_UP_WITHIN:
            return ""
        return gettext(
            "Nobody has taken this up yet. If it still waits after a minute, see whether the worker control runs."
        )

    @property
    def seconds(self) -> float:
        """From the request to the end, or to now."""
        end = self.operation.finished_at or self.now
        return (end - self.operation.requested_at).total_seconds()

    @property
    def can_be_retried(self) -> bool:
        """What failed can be resumed, except setting up a tenant that is being closed."""
        ending = self.operation.tenant.state in (TenantState.CLOSING, TenantState.CLOSED)
        obsolete = self.operation.kind == Operation.Kind.PROVISION and ending
        return self.operation.state == Operation.State.FAILED and not obsolete

    @property
    def result_template(self) -> str:
        return "console/_result.html"

    @property
    def poll_url(self) -> str:
        return reverse("console:operation-progress", args=[self.operation.pk])

    @property
    def cancel_url(self) -> str:
        """Half a tenant is of use to nobody: an operation is closed, not cancelled."""
        return ""

    @property
    def retry_url(self) -> str:
        return (
            reverse("console:operation-retry", args=[self.operation.pk])
            if self.can_be_retried and self.may_retry
            else ""
        )

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


def progress_of(operation: Operation, person: User) -> Progress:
    """As `person` may see and retry it."""
    may_retry = person.has_perm(right_to_ask_for(operation))
    return Progress(operation, [*operation.steps.all()], timezone.now(), may_retry)


def right_to_ask_for(operation: Operation) -> str:
    """The permission that asking for such an operation takes: closing a tenant takes another than setting one up."""
    return "platform.tenant:delete" if operation.kind == Operation.Kind.CLOSE else "platform.tenant:create"
