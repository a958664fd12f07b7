"""Copies, drills and restores of a tenant or of the catalog, as a page shows them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from backups.console.days import WEEKS, Grid, grid_of
from backups.models import Backup, Drill, Restore, Tier
from backups.models.copies import BackupQuerySet
from backups.recovery_keys.finding import openable
from tenants.models import Tenant, TenantQuerySet

LAST = 10
CHARTED = 30


@dataclass(frozen=True)
class Past:
    tenant: Tenant | None

    @property
    def copies(self) -> BackupQuerySet:
        """Newest first; what isn't taken yet stands above."""
        return Backup.objects.filter(tenant=self.tenant).order_by("-due", "-id")

    def grid(self) -> Grid:
        first = timezone.now() - timedelta(weeks=WEEKS + 1)
        shown = self.copies.filter(due__gte=first, tier__in=(Tier.DAILY, Tier.WEEKLY)).defer("manifest")
        return grid_of(shown, self._since())

    def _since(self) -> date:
        """When there was first something to copy, as far as copies tell: without any, today."""
        first = self.copies.order_by("due").values_list("due", flat=True).first()
        return (first or timezone.now()).date()

    def charted(self) -> list[Backup]:
        stored = self.copies.stored().filter(tier=Tier.DAILY)
        return [*stored.defer("manifest").order_by("-snapshot_at")[:CHARTED]]

    def newest(self) -> list[Backup]:
        stored = self.copies.stored()
        return [*stored.defer("manifest").order_by("-snapshot_at")[:CHARTED]]

    def newest_good(self) -> Backup | None:
        found: Backup | None = self._restorable().defer("manifest").order_by("-snapshot_at").first()
        return found

    def oldest_good(self) -> datetime | None:
        """The oldest moment that can be gone back to."""
        at: datetime | None = self._restorable().aggregate(oldest=Min("snapshot_at"))["oldest"]
        return at

    def _restorable(self) -> BackupQuerySet:
        return openable(self.copies.good())

    @property
    def is_ending(self) -> bool:
        """Closed, or about to be: nothing is due any more."""
        return self.tenant is not None and self.tenant.is_ending

    @property
    def has_database(self) -> bool:
        """One that can be copied, and drilled."""
        return self.tenant is None or self.tenant.state in TenantQuerySet.STATES_WITH_DATABASE

    def is_being_copied(self) -> bool:
        return self.copies.filter(state__in=(Backup.State.WAITING, Backup.State.RUNNING)).exists()

    def drills(self) -> list[Drill]:
        return [*Drill.objects.filter(tenant=self.tenant).select_related("backup")[:LAST]]

    def restores(self) -> list[Restore]:
        found = Restore.objects.filter(tenant=self.tenant) if self.tenant else Restore.objects.none()
        return [*found.select_related("backup")[:LAST]]
