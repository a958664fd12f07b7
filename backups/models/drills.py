"""Drills: a copy restored for nothing but the proof that it can be."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models.claims import Claimed, ClaimedQuerySet
from backups.models.copies import Backup
from backups.models.moments import is_past
from backups.owners import full_name

OUTCOMES = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "stopping": _("Being stopped"),
    "passed": _("Passed"),
    "failed": _("Failed"),
    "stopped": _("Stopped"),
}
# Broken off by somebody: it says nothing of its copy, nor of its tenant.
STOPPED = models.Q(state=Claimed.State.FAILED, failed_step="")


def has_passed(drill: str = "") -> models.Q:
    """One of tomorrow is the work of a wrong clock, and proves nothing. `drill`: the way to it, as "drills__"."""
    return models.Q(is_past(f"{drill}finished_at"), **{f"{drill}state": Claimed.State.DONE})


class DrillQuerySet(ClaimedQuerySet):
    def passed(self) -> "DrillQuerySet":
        return self.filter(has_passed())

    def decided(self) -> "DrillQuerySet":
        """That passed or failed, the newest first: what pages, alarms and the schedule go by."""
        over = self.filter(state__in=[Drill.State.DONE, Drill.State.FAILED], finished_at__isnull=False)
        return over.exclude(STOPPED).order_by("-finished_at")

    def unfinished(self) -> "DrillQuerySet":
        return self.filter(state__in=[Drill.State.WAITING, Drill.State.RUNNING])

    def to_be_signed(self) -> "DrillQuerySet":
        """Waiting for the word of `control`."""
        return self.filter(state=Drill.State.WAITING, identity_signature=b"").exclude(tenant=None)

    def may_begin(self) -> "DrillQuerySet":
        """What people wait for first."""
        signed = models.Q(tenant=None) | ~models.Q(identity_signature=b"")
        return self.filter(signed).order_by("is_scheduled", "requested_at")


class Drill(Claimed):
    """One proof of one copy (AR-038, ME-028).

    `signed_text` is the report to the byte, as it was signed and is given to a verifier; `report` is the same, to read.
    A drill of a tenant is taken up once `identity_signature` is there: the word of `control` that scratch may say it is
    that tenant's, for a drill only.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, null=True, related_name="drills")
    backup = models.ForeignKey(Backup, on_delete=models.CASCADE, related_name="drills")
    is_scheduled = models.BooleanField(default=True)
    requested_by = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    stop_requested_at = models.DateTimeField(null=True)

    era = models.PositiveIntegerField(default=1)
    identity_signature = models.BinaryField(default=bytes)
    rto_seconds = models.FloatField(null=True)
    rpo_seconds = models.FloatField(null=True)
    failed_step = models.CharField(max_length=50, blank=True)
    report = models.JSONField(default=dict)
    signed_text = models.TextField(blank=True)
    signature = models.BinaryField(default=bytes)
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)

    objects = DrillQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-finished_at"], name="drill_by_tenant"),
            models.Index(
                fields=["next_try_at"],
                name="drill_unfinished",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.backup_id} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("drills:drill-detail", args=[self.pk])

    @property
    def subject_name(self) -> str:
        """Whose copy it is."""
        return full_name(self.tenant)

    @property
    def has_failed(self) -> bool:
        return self.outcome == "failed"

    @property
    def is_being_stopped(self) -> bool:
        return self.stop_requested_at is not None and not self.is_over

    @property
    def outcome(self) -> str:
        """In a word: passed, failed or stopped; waiting, running or stopping before that."""
        if self.state == self.State.DONE:
            return "passed"
        if self.state == self.State.FAILED:
            return "failed" if self.failed_step else "stopped"
        return "stopping" if self.is_being_stopped else str(self.state)

    @property
    def outcome_label(self) -> str:
        return str(OUTCOMES[self.outcome])


class DrillStep(models.Model):
    """One thing that a drill proves. `details` are numbers, names of tables and digests: never what is in a row.

    `found` is English, as it was signed; `words` is what a page says it from, in the reader's language.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Left out")

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=50)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    found = models.TextField(blank=True)
    words = models.JSONField(default=dict)
    details = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["drill", "position"], name="one_drill_step_per_position")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def seconds(self) -> float | None:
        if self.started_at and self.finished_at:
            return (self.finished_at - self.started_at).total_seconds()
        return None
