"""The only way from a tenant's site into the rows of backups: each query names the tenant that is bound.

What comes back are plain values, so that nothing of it can ask the catalog again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from backups.models import Backup, Drill, Policy, Restore, Tier
from backups.scheduling.moments import next_due
from tenants.binding import bound_tenant, in_catalog

LAST = 5


@dataclass(frozen=True)
class OwnCopy:
    at: datetime
    tier: str
    size: int | None
    condition: str


@dataclass(frozen=True)
class OwnDrill:
    at: datetime
    passed: bool
    seconds: float | None


@dataclass(frozen=True)
class OwnRestore:
    at: datetime
    purpose: str
    state: str
    state_label: str
    of: datetime | None
    why: str

    @property
    def is_under_way(self) -> bool:
        return self.state in Restore.OPEN


@dataclass(frozen=True)
class OwnShortening:
    """From then on copies of that tier are kept for fewer days."""

    at: datetime
    tier: str
    days: int


@dataclass(frozen=True)
class Own:
    """What a tenant is told of its copies; `kept` in days, by tier."""

    newest: OwnCopy | None
    number: int
    oldest: datetime | None
    next_due: datetime | None
    kept: dict[str, int]
    shorter: list[OwnShortening]
    drill: OwnDrill | None
    restores: list[OwnRestore]

    @property
    def under_way(self) -> OwnRestore | None:
        """There is one at most."""
        return next((each for each in self.restores if each.is_under_way), None)


def read_own() -> Own:
    """Of the bound tenant."""
    tenant_id: UUID = bound_tenant().pk
    return in_catalog(lambda: _own(tenant_id))


def _own(tenant_id: UUID) -> Own:
    good = Backup.objects.good().filter(tenant_id=tenant_id).defer("manifest").newest_first()
    newest, oldest = good.first(), good.last()
    policies = {policy.tier: policy for policy in Policy.objects.all()}
    daily = policies.get(Tier.DAILY)
    return Own(
        newest=_copy(newest),
        number=good.count(),
        oldest=oldest.snapshot_at if oldest else None,
        next_due=next_due(daily, tenant_id, timezone.now()) if daily else None,
        kept={tier: policy.days_now for tier, policy in policies.items()},
        shorter=_shorter([*policies.values()]),
        drill=_drill(tenant_id),
        restores=_restores(tenant_id),
    )


def _shorter(policies: list[Policy]) -> list[OwnShortening]:
    return [
        OwnShortening(each.shorter_from, each.tier, each.shorter_days)
        for each in policies
        if each.is_scheduled and each.is_to_be_shorter and each.shorter_from and each.shorter_days
    ]


def _copy(backup: Backup | None) -> OwnCopy | None:
    if backup is None or backup.snapshot_at is None:
        return None
    return OwnCopy(backup.snapshot_at, backup.get_tier_display(), backup.plain_bytes, backup.condition)


def _drill(tenant_id: UUID) -> OwnDrill | None:
    drill = Drill.objects.decided().filter(tenant_id=tenant_id).first()
    if drill is None or drill.finished_at is None:
        return None
    return OwnDrill(drill.finished_at, drill.outcome == "passed", drill.rto_seconds)


def _restores(tenant_id: UUID) -> list[OwnRestore]:
    found = Restore.objects.filter(tenant_id=tenant_id).select_related("backup")[:LAST]
    return [
        OwnRestore(
            each.requested_at,
            each.get_purpose_display(),
            each.state,
            each.get_state_display(),
            each.backup.snapshot_at,
            each.error if each.state in (Restore.State.REFUSED, Restore.State.GIVEN_UP) else "",
        )
        for each in found
    ]
