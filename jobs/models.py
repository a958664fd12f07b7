"""Background work, in rows: what is to be done, how far it is, and how it ended."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs.exceptions import JobRefused
from jobs.kinds import Kind, kind_named
from jobs.querysets import JobQuerySet
from jobs.words import filled
from tenants.attribution import attribution
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

LONGEST_PATIENCE = timedelta(hours=1)


class Job(OfOneTenant):
    """One piece of background work, of the tenant in whose database it stands, or of the platform in the catalog.

    `token` grows with each worker that takes it: what writes with an older one is refused. `owner_id` is a person
    of the same database, None where nobody asked. `actor`: on whose behalf its body acts, as the activity log says it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=100)
    owner_id = models.UUIDField(null=True)
    arguments = models.JSONField(default=dict)
    actor = models.JSONField(null=True)

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    error_details = models.JSONField(default=dict)
    file = models.TextField(blank=True)
    file_expires_at = models.DateTimeField(null=True)

    attempt = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    killed_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now)
    sends = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["owner_id", "-id"], name="job_by_owner"),
            models.Index(fields=["kind", "-id"], name="job_by_kind"),
            models.Index(
                fields=["sent_at"], name="job_unfinished", condition=models.Q(state__in=["queued", "running"])
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        kind = self.registered
        return kind.page(self) if kind and kind.page else reverse("jobs:job-detail", args=[self.pk])

    @property
    def has_page_of_its_own(self) -> bool:
        kind = self.registered
        return kind is not None and kind.page is not None

    @property
    def registered(self) -> Kind | None:
        return kind_named(self.kind)

    @property
    def title(self) -> str:
        """What it does, in the reader's language."""
        kind = self.registered
        return filled(str(kind.title), self.arguments) if kind else self.kind

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def is_being_cancelled(self) -> bool:
        return self.cancel_requested_at is not None and not self.is_over

    @property
    def has_file(self) -> bool:
        return bool(self.file) and self.file_expires_at is not None and timezone.now() < self.file_expires_at

    @property
    def can_be_cancelled(self) -> bool:
        kind = self.registered
        return not self.is_over and not self.is_being_cancelled and (kind is None or kind.cancellable)

    @property
    def can_be_retried(self) -> bool:
        """What failed or was cancelled begins anew, where its kind is known and has no page of its own for that."""
        known = self.registered is not None and not self.has_page_of_its_own
        return known and self.state in (self.State.FAILED, self.State.CANCELLED)

    @transaction.atomic
    def cancel(self) -> None:
        """What waits is cancelled at once; what runs ends at its next word. Raises JobRefused."""
        self._lock()
        if not self.can_be_cancelled:
            raise JobRefused(gettext("This can't be cancelled: look at where it stands."))
        now = timezone.now()
        self.cancel_requested_at = now
        if self.state == self.State.QUEUED:
            self.state, self.finished_at = self.State.CANCELLED, now
        self.save(update_fields=["cancel_requested_at", "state", "finished_at"])

    @transaction.atomic
    def queue_again(self) -> None:
        """Back to the beginning, with all its attempts, on behalf of who asks now. Raises JobRefused."""
        self._lock()
        if not self.can_be_retried:
            raise JobRefused(gettext("This can't be tried again: look at where it stands."))
        self.wait()
        self.attempt, self.actor = 0, attribution().packed()
        self.error, self.error_details = "", {}
        self.cancel_requested_at = self.started_at = self.finished_at = None
        self.save()

    def wait(self) -> None:
        """In the queue, as if just sent; not saved yet."""
        self.state = self.State.QUEUED
        self.done, self.total = 0, None
        self.lease_until = self.killed_at = None
        self.sent_at, self.sends = timezone.now(), 1

    def end(self, state: str, error: str = "", **details: Any) -> None:
        """Over, in words where it didn't succeed; not saved yet."""
        self.state, self.error, self.error_details = state, error, details
        self.lease_until = self.killed_at = None
        self.finished_at = timezone.now()

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())

    @property
    def next_send_at(self) -> datetime:
        """When a message that nobody took counts as lost: later each time, so that a long queue isn't flooded."""
        patience = settings.AMANA_JOB_PATIENCE_SECONDS * 2 ** (self.sends - 1)
        return self.sent_at + min(timedelta(seconds=patience), LONGEST_PATIENCE)


class JobLine(OfOneTenant):
    """What a job said of itself: a step it began, or a line of its log. Names nobody (`jobs.words`)."""

    class Level(models.TextChoices):
        STEP = "step"
        INFO = "info"
        WARNING = "warning"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    token = models.PositiveIntegerField()
    at = models.DateTimeField()
    level = models.CharField(max_length=10, choices=Level)
    text = models.TextField()
    details = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text
