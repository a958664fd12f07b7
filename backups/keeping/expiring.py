"""Rotation: copies end when their policy says so (AR-033, AR-035, GS-061), and never the last good one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupRefused, StorageAway
from backups.keeping.guarding import reason_to_keep
from backups.keeping.overdue import overdue
from backups.keeping.removing import remove
from backups.models import Backup, Policy
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)
EXPIRED = "its time had come"
USUAL = 0.1  # of all copies, an hour; each day about a fortieth comes to its end
FEW = 20


@dataclass
class Round:
    """What became of the copies whose time had come: gone, or kept and why."""

    removed: list[Backup] = field(default_factory=list)
    kept: list[tuple[Backup, str]] = field(default_factory=list)


def expire(
    *, only_say: bool = False, whose: Q | None = None, tell: Callable[[str], None] = lambda _: None
) -> Round:
    """End every copy whose time has come (of `whose` only), oldest first, unbound; with `only_say`, say which.

    Raises StorageAway at the first that can't be removed: the next round goes on.
    """
    found = Round()
    for backup in _due(whose or Q()):
        try:
            _check(backup) if only_say else remove(backup, EXPIRED)
        except BackupRefused as refusal:
            found.kept.append((backup, str(refusal)))
            tell(f"{backup.whose} {backup.name} stays: {refusal}")
        else:
            found.removed.append(backup)
            tell(f"{backup.whose} {backup.name} {'would go' if only_say else 'is gone'}.")
    return found


def expire_what_can_be() -> Round:
    """As beat asks for it: the storage's absence is alarmed about, and waited out.

    Where far more than usual would go, none does: a clock that runs ahead, or one click on a policy, must not end what
    nothing brings back. A person looks, and types `expire_backups`.
    """
    if words := _too_many():
        raise_alarm(AlarmKind.MANY, None, words)
        return Round()
    end_alarm(AlarmKind.MANY, None)
    try:
        found = expire()
    except StorageAway as trouble:
        logger.error("No copy can be ended: %s", trouble)
        storage_refuses("keeper", trouble)
        return Round()
    if found.removed:
        storage_serves("keeper")
    return found


def _too_many() -> str:
    """In words; empty where it is no more than usual."""
    with bound_to(CATALOG):
        _apply_policies()
        due, stored = overdue(timedelta()), Backup.objects.stored().count()
    if due <= max(FEW, stored * USUAL):
        return ""
    return f"{due} of {stored} copies would end: see that the clock and the policies are right, then expire_backups."


def _apply_policies() -> None:
    for policy in Policy.objects.all():
        apply_policy(policy)


def apply_policy(policy: Policy) -> int:
    """How long copies of its tier are kept, those that are there too; how many. Bound to the catalog."""
    stored = Backup.objects.stored().filter(tier=policy.tier).exclude(snapshot_at=None)
    return stored.update(expires_at=F("snapshot_at") + policy.kept)


def last_copy_ends(tenant: Tenant) -> datetime | None:
    """When the last copy of a tenant will have gone, as of today's policy and holds; None where there is none."""
    ends = Greatest("expires_at", Coalesce("hold_until", "expires_at"))
    found = Backup.objects.stored().filter(tenant=tenant).aggregate(last=Max(ends))
    last: datetime | None = found["last"]
    return last


def _due(whose: Q) -> list[Backup]:
    with bound_to(CATALOG):
        _apply_policies()
        due = Backup.objects.stored().filter(expires_at__lte=timezone.now()).select_related("tenant")
        return [*due.filter(whose).order_by("snapshot_at")]


def _check(backup: Backup) -> None:
    with bound_to(CATALOG):
        refusal = reason_to_keep(backup)
    if refusal:
        raise BackupRefused(refusal)
