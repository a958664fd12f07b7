"""How much of everything was proven lately: of tenants, and of bytes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Sum
from django.db.models.functions import Now

from backups.models import Drill
from backups.models.drills import has_passed
from tenants.models import Tenant

MOST = 10


@dataclass(frozen=True)
class Coverage:
    """Bound to the catalog. `longest`: tenants with `last_drill`, the longest unproven first."""

    tenants: int
    drilled: int
    size_bytes: int
    drilled_bytes: int
    longest: list[Tenant]

    @property
    def percent(self) -> int:
        """Of tenants, rounded down: 100 only when everybody was."""
        return 100 * self.drilled // self.tenants if self.tenants else 0

    @property
    def percent_of_bytes(self) -> int:
        return 100 * self.drilled_bytes // self.size_bytes if self.size_bytes else 0


def coverage() -> Coverage:
    """Within the last AMANA_DRILL_DAYS."""
    everybody: Any = _with_last_drill()
    since = Now() - timedelta(days=settings.AMANA_DRILL_DAYS)
    proven = everybody.filter(last_drill__gte=since)
    return Coverage(
        tenants=everybody.count(),
        drilled=proven.count(),
        size_bytes=_bytes(everybody),
        drilled_bytes=_bytes(proven),
        longest=[*everybody.order_by(F("last_drill").asc(nulls_first=True), "created_at")[:MOST]],
    )


def last_drill(tenant: Tenant | None) -> Drill | None:
    """The newest that passed or failed, of one tenant or (None) of the catalog; bound to the catalog."""
    return Drill.objects.decided().filter(tenant=tenant).first()


def _with_last_drill() -> Any:
    passed = Max("drills__finished_at", filter=has_passed("drills__"))
    return Tenant.objects.with_database().annotate(last_drill=passed)


def _bytes(tenants: Any) -> int:
    keys = tenants.values("pk")
    return Tenant.objects.filter(pk__in=keys).aggregate(size=Sum("size_bytes"))["size"] or 0
