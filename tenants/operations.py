"""Long work on a tenant, step by step, in rows: what a page shows while it happens and a retry resumes."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.identifiers import new_id


class Operation(models.Model):
    """One setting up, closing or restoring. At most one unfinished per tenant and kind: a retry resumes it."""

    class Kind(models.TextChoices):
        PROVISION = "provision", _("Setting up")
        CLOSE = "close", _("Closing")
        RESTORE = "restore", _("Restoring")
        SWAP = "swap", _("Putting the restored one in force")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="operations")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    owner_email = models.EmailField(blank=True)
    owner_name = models.CharField(max_length=200, blank=True)
    owner_link = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind"],
                condition=~models.Q(state="done"),
                name="one_open_operation_per_tenant_and_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.tenant_id}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    def queue(self) -> None:
        """Ask for it (again): what is done stays done, and of the try before nothing else is told."""
        if self.state == self.State.FAILED:
            self.state, self.error, self.queued_at = self.State.QUEUED, "", timezone.now()
            self.save(update_fields=["state", "error", "queued_at"])
            self.steps.filter(finished_at=None).update(started_at=None)

    def start(self) -> None:
        self.state = self.State.RUNNING
        self.error = ""
        self.save(update_fields=["state", "error"])

    def finish(self) -> None:
        self.state = self.State.DONE
        self.finished_at = timezone.now()
        self.save(update_fields=["state", "finished_at"])

    def fail(self, error: str) -> None:
        """Keep the reason in words; a retry begins at the first step that isn't done."""
        self.state = self.State.FAILED
        self.error = error
        self.save(update_fields=["state", "error"])


class Step(models.Model):
    """One step of an operation, safe to run again."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operation", "position"], name="one_step_per_position")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """In a word: waiting, running or done."""
        if self.finished_at:
            return "done"
        return "running" if self.started_at else "waiting"

    @property
    def seconds(self) -> float | None:
        if self.started_at and self.finished_at:
            return (self.finished_at - self.started_at).total_seconds()
        return None

    def begin(self) -> None:
        self.started_at = timezone.now()
        self.finished_at = None
        self.save(update_fields=["started_at", "finished_at"])

    def end(self) -> None:
        self.finished_at = timezone.now()
        self.save(update_fields=["finished_at"])
