"""Drills: a copy restored for nothing but the proof that it can be."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models.claims import Claimed, ClaimedQuerySet
from backups.models.copies import Backup


class Drill(Claimed):
    """One proof of one copy (AR-038, ME-028). `report` is what was signed: exactly what a verifier is given."""

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
    signature = models.BinaryField(default=bytes)
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)

    objects = ClaimedQuerySet.as_manager()

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


class DrillStep(models.Model):
    """One thing that a drill proves. `details` are numbers, names of tables and digests: never what is in a row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Not reached")

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=50)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    found = models.TextField(blank=True)
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
