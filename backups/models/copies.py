"""Copies: due, taken, verified, drilled, ended."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models.claims import Claimed, ClaimedQuerySet
from backups.models.policies import Tier
from backups.owners import short_name


class BackupQuerySet(ClaimedQuerySet):
    def stored(self) -> "BackupQuerySet":
        """Those that can be restored: published whole, and still in the storage."""
        return self.filter(state=Backup.State.DONE, removed_at=None)

    def good(self) -> "BackupQuerySet":
        """Stored, and nothing is known against them."""
        return self.stored().filter(damage="")

    def held(self) -> "BackupQuerySet":
        """Stored, and kept whatever the policy says."""
        return self.stored().exclude(hold_until=None)

    def newest_first(self) -> "BackupQuerySet":
        return self.order_by("-snapshot_at")


class Backup(Claimed):
    """One copy of one tenant, or of the catalog (no tenant), as of `snapshot_at`; before that, the wish for it.

    A schedule wishes once for each `due` moment: whoever plans twice finds the row there. `folder` is where its objects
    lie in the storage, and carries the token: what a worker believed dead still writes lies elsewhere.
    `spared_until`: it was found again when the catalog was rebuilt, and doesn't end before, whatever the policy says.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, null=True, related_name="backups")
    tier = models.CharField(max_length=10, choices=Tier)
    due = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    requested_by = models.CharField(max_length=200, blank=True)

    folder = models.TextField(blank=True)
    database = models.CharField(max_length=63, blank=True)
    key_version = models.PositiveIntegerField(null=True)
    snapshot_at = models.DateTimeField(null=True)
    manifest = models.JSONField(default=dict)
    plain_bytes = models.PositiveBigIntegerField(null=True)
    stored_bytes = models.PositiveBigIntegerField(null=True)

    verified_at = models.DateTimeField(null=True)
    drilled_at = models.DateTimeField(null=True)
    damage = models.TextField(blank=True)
    hold_until = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=500, blank=True)
    hold_by = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)
    spared_until = models.DateTimeField(null=True)

    objects = BackupQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["due", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "tier", "due"], nulls_distinct=False, name="one_backup_per_due_moment"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-snapshot_at"], name="backup_by_tenant"),
            models.Index(
                fields=["next_try_at"],
                name="backup_unfinished",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} {self.due:%Y-%m-%d %H:%M}"

    @property
    def is_stored(self) -> bool:
        return self.state == self.State.DONE and self.removed_at is None

    @property
    def is_held(self) -> bool:
        """Kept whatever the policy says, until somebody ends it: a legal hold. `hold_until` is when to look at it."""
        return self.hold_until is not None

    @property
    def seconds_taken(self) -> float | None:
        if self.started_at and self.finished_at:
            return float((self.finished_at - self.started_at).total_seconds())
        return None

    @property
    def condition(self) -> str:
        """In a word, for the calendar: stored isn't verified, verified isn't drilled."""
        if self.removed_at:
            return "removed"
        if self.state != self.State.DONE:
            return self.state
        if self.damage:
            return "damaged"
        return "drilled" if self.drilled_at else "verified" if self.verified_at else "stored"

    @property
    def whose(self) -> str:
        """The short name of its tenant, or the catalog's."""
        return short_name(self.tenant)

    @property
    def name(self) -> str:
        """What a person types: the day and tier of its database."""
        at: datetime = self.snapshot_at or self.due
        return f"{at:%Y%m%dT%H%M%SZ}-{self.tier}"

    @property
    def calendar_label(self) -> str:
        return str(_("%(tier)s copy of %(at)s") % {"tier": self.get_tier_display(), "at": self.name})
