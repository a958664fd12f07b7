"""Changing the policy: what a change would do is said first, and then it holds for the copies that are there, too."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext

from backups.exceptions import ChangedMeanwhile
from backups.keeping.expiring import apply_policy
from backups.models import Backup, Policy, Tier

PROMISED = {Tier.DAILY: 30, Tier.WEEKLY: 90}  # days; AR-033, AR-035


@dataclass(frozen=True)
class Terms:
    """What a policy says; and, as text, what a form was typed over."""

    keep_days: int
    window_opens: time
    window_minutes: int

    @classmethod
    def of(cls, policy: Policy) -> "Terms":
        return cls(policy.keep_days, policy.window_opens, policy.window_minutes)

    @property
    def seen(self) -> str:
        return f"{self.keep_days} {self.window_opens:%H:%M} {self.window_minutes}"


@dataclass(frozen=True)
class Effect:
    """`ending`: copies whose time would be over at once, with `bytes` in the storage; `kept`: those kept longer or
    shorter than now, and still kept. `below` the promised days, or None.
    """

    ending: int
    bytes: int
    tenants: int
    kept: int
    is_longer: bool
    below: int | None


def effect_of(policy: Policy, terms: Terms) -> Effect:
    """Of `terms` on the copies of its tier. The last good copy of each, and what is held, stays whatever they say."""
    stored, ended = _stored(policy), _ended(policy, terms.keep_days)
    found = ended.aggregate(
        number=Count("pk"), bytes=Sum("stored_bytes"), tenants=Count("tenant", distinct=True)
    )
    promised = PROMISED.get(Tier(policy.tier))
    return Effect(
        ending=found["number"],
        bytes=found["bytes"] or 0,
        tenants=found["tenants"],
        kept=stored.count() - found["number"] if terms.keep_days != policy.keep_days else 0,
        is_longer=terms.keep_days > policy.keep_days,
        below=promised if promised and terms.keep_days < promised else None,
    )


@transaction.atomic
def change_policy(tier: str, terms: Terms, seen: str) -> Policy:
    """Raises ChangedMeanwhile where it isn't any more what it was when the form was made."""
    policy = Policy.objects.select_for_update().get(tier=tier)
    if Terms.of(policy).seen != seen:
        raise ChangedMeanwhile(gettext("The policy was changed while you were editing it."))
    if Terms.of(policy) == terms:
        return policy
    days_changed = policy.keep_days != terms.keep_days
    policy.keep_days = terms.keep_days
    policy.window_opens, policy.window_minutes = terms.window_opens, terms.window_minutes
    policy.save()
    if days_changed:
        apply_policy(policy)
    return policy


def _stored(policy: Policy) -> QuerySet[Backup]:
    return Backup.objects.stored().filter(tier=policy.tier)


def _ended(policy: Policy, days: int) -> QuerySet[Backup]:
    now = timezone.now()
    over = _stored(policy).filter(snapshot_at__lte=now - timedelta(days=days)).filter(hold_until=None)
    for proven in (Q(), Q(verified_at__isnull=False), Q(drilled_at__isnull=False)):
        over = over.exclude(pk__in=_newest(proven))
    return over


def _newest(proven: Q) -> QuerySet[Any]:
    """Of each tenant, and of the catalog, the last good copy of those: `keeping.guarding` keeps it."""
    good = Backup.objects.good().filter(proven).order_by("tenant_id", "-snapshot_at").distinct("tenant_id")
    return good.values("pk")
