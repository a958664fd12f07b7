"""Restores: asked for with a purpose, agreed to, carried out beside what is there, and swapped in or given up."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models.copies import Backup
from tenants.identifiers import new_id


class Restore(models.Model):
    """One restore of a tenant. Its steps stand on its operation; `purpose` is from a closed list (GS-035)."""

    class Purpose(models.TextChoices):
        DISASTER = "disaster", _("The data was lost or damaged")
        MISTAKE = "mistake", _("Somebody deleted or changed something by mistake")
        INCIDENT = "incident", _("A security incident is being looked into")
        LEGAL = "legal", _("The law demands it")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        REFUSED = "refused", _("Refused")
        APPROVED = "approved", _("Agreed to")
        RUNNING = "running", _("Being restored")
        READY = "ready", _("Restored beside the present one")
        SWAPPED = "swapped", _("In force")
        GIVEN_UP = "given_up", _("Given up")
        FAILED = "failed", _("Failed")

    # Not over: a failed one may be tried again, so it needs its copy and stands in the way of another.
    OPEN: ClassVar = (State.REQUESTED, State.APPROVED, State.RUNNING, State.READY, State.FAILED)

    WAITING: ClassVar = (State.REQUESTED, State.APPROVED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="restores")
    backup = models.ForeignKey(Backup, on_delete=models.RESTRICT, related_name="restores")
    in_place = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)

    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    leaves_log = models.BooleanField(default=False)
    log_trouble = models.TextField(
        blank=True, default=""
    )  # why the present log can't be carried over, once tried
    ready_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    storage_away_since = models.DateTimeField(null=True)

    asked_by_tenant = models.BooleanField(default=False)
    operation = models.OneToOneField("tenants.Operation", on_delete=models.SET_NULL, null=True)
    swap = models.OneToOneField(
        "tenants.Operation", on_delete=models.SET_NULL, null=True, related_name="swapped"
    )
    new_database = models.CharField(max_length=63, blank=True)
    old_database = models.CharField(max_length=63, blank=True)
    old_kept_until = models.DateTimeField(null=True)
    borrower = models.CharField(max_length=100, blank=True)
    borrower_signature = models.BinaryField(default=bytes)
    lent_identity = models.BinaryField(default=bytes)
    not_lent = models.CharField(max_length=500, blank=True)
    comparison = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.state}"

    @property
    def lapses_at(self) -> datetime | None:
        """When it is given up, unless somebody goes on with it (`restoring/lapsing.py`)."""
        if self.state in self.WAITING:
            return self.requested_at + timedelta(days=settings.AMANA_RESTORE_ASKED_DAYS)
        left = {self.State.READY: self.ready_at, self.State.FAILED: self.decided_at}
        began = left.get(self.State(self.state))
        return began + timedelta(days=settings.AMANA_RESTORE_LEFT_DAYS) if began else None
