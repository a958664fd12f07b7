"""A restore's operation as its page follows it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from backups.models import Restore
from backups.restoring.runbook import RestoreLine, line_of
from backups.restoring.safety_copy import left_out
from backups.restoring.waiting import waits_for_storage
from jobs.operations import OperationProgress
from tenants.models import Operation, Step


@dataclass(frozen=True)
class Progress(OperationProgress):
    """What is known at `now`, read already; see `jobs.showing.Followed`."""

    restore: Restore
    may_retry: bool
    left_out: str = ""

    def _line(self, step: Step) -> RestoreLine:
        return line_of(super()._line(step), step.title, self.left_out)

    @property
    def notice(self) -> str:
        if not self.is_left_waiting:
            return ""
        return gettext(
            "Nobody has taken this up yet. If it still waits after a minute, see whether the worker restore runs."
        )

    @property
    def failure_words(self) -> str:
        if self.restore.state == Restore.State.SWAPPED:
            return gettext(
                "It is in force. What it has replaced isn't shut yet: that is tried again each minute."
            )
        if waits_for_storage(self.restore):
            return gettext(
                "The storage is away. It is tried again each minute, for a day, and goes on once it is back."
            )
        return super().failure_words

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
    why = left_out(operation, restore) if operation.kind == Operation.Kind.SWAP else ""
    return Progress(operation, [*operation.steps.all()], timezone.now(), restore, may_retry, why)
