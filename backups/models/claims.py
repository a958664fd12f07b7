"""Work in rows that one worker at a time claims: a lease that is renewed, and a token that fences the others off.

Each moment is one of the catalog's server, so that a worker whose own clock is wrong neither takes what is another's
nor keeps what it has let go (decision 0084).
"""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.exceptions import LeaseLost
from backups.models.moments import FURTHEST, has_come
from tenants.clock import time_of_catalog
from tenants.identifiers import new_id


class ClaimedQuerySet(models.QuerySet[Any]):
    def running(self) -> Self:
        """In the hands of a worker that was heard of within its lease."""
        held = {"lease_until__gt": Now(), "lease_until__lte": Now() + FURTHEST}
        return self.filter(state=Claimed.State.RUNNING, **held)

    def claimable(self) -> Self:
        """Waiting and its time has come, or left behind by a worker that went silent."""
        waiting = models.Q(has_come("next_try_at"), state=Claimed.State.WAITING)
        return self.filter(waiting | ABANDONED)

    def take(self) -> Any | None:
        """Claim the first that can be had, in the queryset's order, bound to the catalog; None where there is none."""
        with transaction.atomic():
            row = self.claimable().select_for_update(skip_locked=True, of=("self",)).first()
            if row is not None:
                row.begin()
            return row


class Claimed(models.Model):
    """`token` grows with each worker that takes it: whoever writes with an older one is refused."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    def begin(self) -> None:
        """Taken by us, under the row's lock."""
        now = time_of_catalog()
        self.state = self.State.RUNNING
        self.attempt += 1
        self.token += 1
        self.started_at, self.finished_at, self.error = now, None, ""
        self.lease_until = now + lease()
        self.save()

    def renew(self, **values: Any) -> None:
        """We are still at it. Raises LeaseLost."""
        self.write(lease_until=time_of_catalog() + lease(), **values)

    def write(self, **values: Any) -> None:
        """Raises LeaseLost where another worker has taken it since, or it has ended."""
        mine = type(self)._default_manager.filter(pk=self.pk, token=self.token, state=self.State.RUNNING)
        if not mine.update(**values):
            raise LeaseLost(f"{self.pk} isn't held with token {self.token} any more.")
        for name, value in values.items():
            setattr(self, name, value)

    def end(self, state: str, **values: Any) -> None:
        """Raises LeaseLost."""
        self.write(state=state, finished_at=time_of_catalog(), lease_until=None, **values)

    def try_again(self, error: str, at: Any) -> None:
        """Put back until then, with the reason in words. Raises LeaseLost."""
        self.write(state=self.State.WAITING, lease_until=None, next_try_at=at, error=error)


# Left behind by a worker that went silent.
ABANDONED = models.Q(has_come("lease_until"), state=Claimed.State.RUNNING)


def lease() -> timedelta:
    return timedelta(seconds=settings.AMANA_BACKUP_LEASE_SECONDS)
