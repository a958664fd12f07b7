"""A job in a worker's hands: taken by one at a time, and written to only with the token it was taken with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.exceptions import LeaseLost
from jobs.kinds import Kind
from jobs.models import Job, JobLine
from jobs.querysets import JobQuerySet
from jobs.starting import KILLED_AFTER
from tenants.binding import Bindable, bound_place, bound_to

UNKNOWN = gettext_noop("This kind of work isn't known any more.")
NOT_HERE = gettext_noop("This work is the platform's: it isn't done here.")


@dataclass(frozen=True)
class Hold:
    """One attempt at one job. Every write names the token, so that a worker believed dead can't disturb."""

    target: Bindable
    job_id: UUID
    token: int
    attempt: int
    arguments: dict[str, Any]
    actor: dict[str, Any] | None
    kind: Kind
    owner_id: UUID | None = None

    def report(self, lines: Sequence[JobLine] = (), **values: Any) -> bool:
        """Write how far it is and renew the lease; True where somebody asked to cancel. Raises LeaseLost."""
        with bound_to(self.target), transaction.atomic():
            self._write(lease_until=Now() + lease(), **values)
            JobLine.objects.bulk_create(lines)
            return self._mine().filter(cancel_requested_at__isnull=False).exists()

    def finish(self, state: str, lines: Sequence[JobLine] = (), **values: Any) -> None:
        """Over. Raises LeaseLost where it isn't ours to end."""
        with bound_to(self.target), transaction.atomic():
            self._write(state=state, finished_at=timezone.now(), lease_until=None, killed_at=None, **values)
            JobLine.objects.bulk_create(lines)

    def put_back(self, lines: Sequence[JobLine] = ()) -> None:
        """Into the queue again, as if this attempt hadn't been. Raises LeaseLost."""
        with bound_to(self.target), transaction.atomic():
            again = Job()
            again.wait()
            values = {name: getattr(again, name) for name in WAITING}
            self._write(attempt=self.attempt - 1, **values)
            JobLine.objects.bulk_create(lines)

    def line(self, level: str, text: str, details: dict[str, Any]) -> JobLine:
        """Not saved yet."""
        now = timezone.now()
        return JobLine(job_id=self.job_id, token=self.token, at=now, level=level, text=text, details=details)

    def _mine(self) -> JobQuerySet:
        return Job.objects.held().filter(pk=self.job_id, token=self.token)

    def _write(self, **values: Any) -> None:
        if not self._mine().update(**values):
            raise LeaseLost(f"Job {self.job_id} isn't held with token {self.token} any more.")


WAITING = ("state", "done", "total", "lease_until", "killed_at", "sent_at", "sends")


def lease() -> timedelta:
    return timedelta(seconds=settings.AMANA_JOB_LEASE_SECONDS)


def take(target: Bindable, job_id: UUID) -> Hold | None:
    """Take a job that waits, for whoever `target` is; None where there is nothing to do (any more).

    A message that comes twice, late, or for a job of another's finds nothing.
    """
    with bound_to(target), transaction.atomic():
        job = Job.objects.queued().select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        kind = job.registered
        if kind is None or (kind.of_platform and not bound_place().is_catalog):
            job.end(Job.State.FAILED, UNKNOWN if kind is None else NOT_HERE)
            job.save()
            return None
        _begin(job, kind)
        return Hold(target, job.pk, job.token, job.attempt, job.arguments, job.actor, kind, job.owner_id)


def _begin(job: Job, kind: Kind) -> None:
    now = timezone.now()
    job.state = Job.State.RUNNING
    job.attempt += 1
    job.token += 1
    job.done, job.total, job.started_at = 0, None, now
    job.lease_until = now + lease()
    job.killed_at = now + kind.time_limit + timedelta(seconds=KILLED_AFTER)
    job.save()
