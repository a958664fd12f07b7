"""Archived copies, which the law demands, and the requests to take one out again."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models.claims import Claimed, ClaimedQuerySet
from tenants.identifiers import new_id

FOLDER = "archived"


class ArchivedCopyQuerySet(ClaimedQuerySet):
    def unfinished(self) -> "ArchivedCopyQuerySet":
        """Asked for, and not stored yet."""
        return self.filter(state__in=[Claimed.State.WAITING, Claimed.State.RUNNING])

    def kept(self) -> "ArchivedCopyQuerySet":
        """In the storage."""
        return self.filter(state=Claimed.State.DONE, removed_at=None)


class ArchivedCopy(Claimed):
    """All data of one tenant as one file that only an offline recovery key opens; before that, the wish for it.

    It is sealed by who holds the tenant's data keys (`is_sealed`), and then stored by who may write into the storage.
    `keep_until` is the last day on which it is kept (UTC); nothing ends it sooner.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="archived_copies")
    reason = models.CharField(max_length=500)
    keep_until = models.DateField()
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(default=timezone.now)

    is_sealed = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)
    recipients = models.TextField(blank=True)
    rows = models.PositiveBigIntegerField(null=True)
    files = models.PositiveBigIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    damage = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = ArchivedCopyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at", "-id"]

    def __str__(self) -> str:
        return f"{self.tenant} {self.keep_until}"

    @property
    def name(self) -> str:
        """In the storage: whoever finds it there knows whose it is and how long it stays, without any catalog."""
        return f"{FOLDER}/{self.tenant_id}/{self.keep_until:%Y%m%d}-{self.pk}.zip.age"

    @property
    def sealed_for(self) -> list[str]:
        """The public halves of the keys that open it: they must be kept as long as it is."""
        return [each for each in self.recipients.split(",") if each]

    @property
    def is_kept(self) -> bool:
        return self.state == self.State.DONE and self.removed_at is None

    @property
    def condition(self) -> str:
        """In a word, for lists."""
        if self.removed_at:
            return "removed"
        return "damaged" if self.damage else self.state


class Retrieval(models.Model):
    """A request to take an archived copy out: agreed to by somebody else, then a delay in which it can be stopped."""

    class Purpose(models.TextChoices):
        AUTHORITY = "authority", _("An authority or a court demands it")
        INSPECTION = "inspection", _("A tax audit, or another inspection")
        DISPUTE = "dispute", _("A legal dispute")
        SUBJECT = "subject", _("Somebody asks what is kept about them")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        APPROVED = "approved", _("Agreed to: the delay runs")
        READY = "ready", _("Can be fetched, once")
        FETCHED = "fetched", _("Fetched")
        STOPPED = "stopped", _("Stopped")
        LAPSED = "lapsed", _("Not fetched in time")
        FAILED = "failed", _("Failed")

    OPEN: ClassVar = (State.REQUESTED, State.APPROVED, State.READY)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    archived = models.ForeignKey(ArchivedCopy, on_delete=models.CASCADE, related_name="retrievals")
    purpose = models.CharField(max_length=10, choices=Purpose)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)

    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ready_until = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=200, blank=True)
    fetched_by = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["archived"],
                condition=models.Q(state__in=["requested", "approved", "ready"]),
                name="one_open_retrieval_per_archived_copy",
            )
        ]

    def __str__(self) -> str:
        return f"{self.archived_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def earliest(self) -> datetime | None:
        """When it may leave; counted anew from the yes, so that no row can be made to say less."""
        if self.decided_at is None or self.opens_at is None:
            return None
        return max(self.opens_at, self.decided_at + delay())


def delay() -> timedelta:
    return timedelta(hours=settings.AMANA_ARCHIVE_DELAY_HOURS)
