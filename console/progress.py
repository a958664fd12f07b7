"""An operation as its page tells it: what is done, what goes on, what broke, what can be done about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from jobs.operations import OperationProgress
from tenants.carrying_out import RESTORING
from tenants.models import Operation, TenantState


@dataclass(frozen=True)
class Progress(OperationProgress):
    """What is known at `now`, read already; followed by a page as every job is (`jobs.showing.Followed`).

    `may_retry`: whether whoever looks at it is offered to try again what failed.
    """

    may_retry: bool = True

    @property
    def notice(self) -> str:
        if not self.is_left_waiting:
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
        """What failed can be resumed, except setting up a tenant that is being closed. A restore is gone on with on its
        own page, by who may restore.
        """
        ending = self.operation.tenant.state in (TenantState.CLOSING, TenantState.CLOSED)
        obsolete = self.operation.kind == Operation.Kind.PROVISION and ending
        elsewhere = self.operation.kind in RESTORING
        return self.operation.state == Operation.State.FAILED and not (obsolete or elsewhere)

    @property
    def failure_words(self) -> str:
        if self.operation.kind in RESTORING:
            return gettext("It stopped. What is done stays done; the page of the restore goes on with it.")
        return super().failure_words

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
