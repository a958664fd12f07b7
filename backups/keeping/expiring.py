"""Rotation: copies end when their policy says so (AR-033, AR-035, GS-061), and never the last good one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupRefused, EndingRefused, StorageAway
from backups.keeping.clock import agreed_time, refused
from backups.keeping.guarding import reason_to_keep
from backups.keeping.removing import remove
from backups.models import Backup, Policy
from backups.sentences import sentence
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)
EXPIRED = "its time had come"
FEW, SHARE = 10, 0.1  # what one round may end: so many copies, or this part of all
TOO_MANY = gettext_noop(
    "The time of %(due)s among %(stored)s copies has come at once: none of them was removed. Are the clocks right, and"
    " is the policy? expire_backups --dry-run says which they are, expire_backups --agree %(due)s ends them."
)
Say = Callable[[str], None]


@dataclass
class Round:
    """What became of the copies whose time had come: gone, or kept and why."""

    removed: list[Backup] = field(default_factory=list)
    kept: list[tuple[Backup, str]] = field(default_factory=list)

    def keep(self, backup: Backup, why: str, tell: Say) -> None:
        self.kept.append((backup, why))
        tell(f"{backup.whose} {backup.name} stays: {why}")


def would_expire(whose: Q | None = None, tell: Say = lambda _: None) -> Round:
    """Say what a round would end (of `whose` only), oldest first, unbound. Raises EndingRefused."""
    found = Round()
    for backup in _due(whose or Q()):
        if refusal := _reason(backup):
            found.keep(backup, refusal, tell)
        else:
            found.removed.append(backup)
            tell(f"{backup.whose} {backup.name} would go.")
    return found


def expire(*, whose: Q | None = None, agreed: int = 0, tell: Say = lambda _: None) -> Round:
    """End every copy whose time has come (of `whose` only), oldest first, unbound.

    Raises EndingRefused, before anything is ended, where the clock can't be believed or they are more than one round
    may end (`agreed`: how many somebody agreed to). Raises StorageAway at the first that can't be removed.
    """
    found, due = Round(), _due(whose or Q())
    for backup in _at_most(due, agreed, found, tell):
        try:
            remove(backup, EXPIRED)
        except BackupRefused as refusal:  # since we looked
            found.keep(backup, str(refusal), tell)
        else:
            found.removed.append(backup)
            tell(f"{backup.whose} {backup.name} is gone.")
    if whose is None:
        end_alarm(AlarmKind.ENDING, None)
    return found


def expire_what_can_be() -> Round:
    """As beat asks for it: the storage's absence is alarmed about, and waited out; so is what somebody must look at."""
    try:
        found = expire()
    except (StorageAway, EndingRefused) as trouble:
        logger.error("No copy can be ended: %s", trouble)
        if isinstance(trouble, StorageAway):
            storage_refuses("keeper", trouble)
        return Round()
    if found.removed:
        storage_serves("keeper")
    return found


def apply_policy(policy: Policy) -> int:
    """How long copies of its tier are kept, those that are there too; how many. Bound to the catalog.

    What was found again when the catalog was rebuilt is spared for a while.
    """
    stored = Backup.objects.stored().filter(tier=policy.tier).exclude(snapshot_at=None)
    ends = Greatest(F("snapshot_at") + policy.kept, "spared_until", output_field=DateTimeField())
    return stored.update(expires_at=ends)


def last_copy_ends(tenant: Tenant) -> datetime | None:
    """When the last copy of a tenant will have gone, as of today's policy; None where there is none.

    With holds, it is the day to look at the last of them: the earliest that can be said.
    """
    ends = Greatest("expires_at", Coalesce("hold_until", "expires_at"))
    found = Backup.objects.stored().filter(tenant=tenant).aggregate(last=Max(ends))
    last: datetime | None = found["last"]
    return last


def _due(whose: Q) -> list[Backup]:
    now = agreed_time()
    with bound_to(CATALOG):
        _apply_policies(now)
        due = Backup.objects.stored().filter(expires_at__lte=now).select_related("tenant")
        return [*due.filter(whose).order_by("snapshot_at")]


@transaction.atomic
def _apply_policies(now: datetime) -> None:
    for policy in Policy.objects.select_for_update():
        policy.shorten_if_due(now)
        apply_policy(policy)


def _at_most(due: list[Backup], agreed: int, found: Round, tell: Say) -> list[Backup]:
    """Those that may go, unless they are too many at once: what a wrong clock, or another policy, makes due."""
    with bound_to(CATALOG):
        stored = Backup.objects.stored().count()
    most = max(FEW, int(stored * SHARE), agreed)
    going: list[Backup] = []
    for backup in due:
        if refusal := _reason(backup):
            found.keep(backup, refusal, tell)
            continue
        going.append(backup)
        if len(going) > most:
            raise refused(sentence(TOO_MANY, due=len(due), stored=stored))
    return going


def _reason(backup: Backup) -> str:
    with bound_to(CATALOG):
        return reason_to_keep(backup)
