"""Changing the policy: what a change would do is said first. For longer it counts at once, for shorter after a week."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from backups.console.shortening import tell_of_shortening
from backups.exceptions import ChangedMeanwhile
from backups.keeping.expiring import apply_policy
from backups.models import Backup, Policy
from backups.models.policies import NOTICE
from tenants.clock import time_of_catalog


@dataclass(frozen=True)
class Terms:
    """What a policy says; and, as text, what a form was typed over."""

    keep_days: int
    window_opens: time
    window_minutes: int

    @classmethod
    def of(cls, policy: Policy) -> "Terms":
        return cls(policy.days_now, policy.window_opens, policy.window_minutes)

    @property
    def seen(self) -> str:
        return f"{self.keep_days} {self.window_opens:%H:%M} {self.window_minutes}"


def seen_of(policy: Policy) -> str:
    """What stands there, what is still to come included."""
    coming = f" {policy.shorter_days}" if policy.is_to_be_shorter else ""
    return f"{Terms.of(policy).seen}{coming}"


@dataclass(frozen=True)
class Effect:
    """`at`: when it counts. `ending`: copies of today that end then, and wouldn't otherwise, with `bytes` in the
    storage; `kept`: those kept longer or shorter than now, and still kept then.
    """

    ending: int
    bytes: int
    tenants: int
    kept: int
    is_longer: bool
    at: datetime


def effect_of(policy: Policy, terms: Terms) -> Effect:
    """Of `terms` on the copies of its tier. The last good copy of each, and what is held, stays whatever they say."""
    held = Terms.of(policy).keep_days
    now, is_longer = timezone.now(), terms.keep_days >= held
    at = now if is_longer else now + NOTICE
    stored, ended = _stored(policy), _ended(policy, terms.keep_days, at)
    found = ended.aggregate(
        number=Count("pk"), bytes=Sum("stored_bytes"), tenants=Count("tenant", distinct=True)
    )
    return Effect(
        ending=found["number"],
        bytes=found["bytes"] or 0,
        tenants=found["tenants"],
        kept=stored.count() - found["number"] if terms.keep_days != held else 0,
        is_longer=is_longer,
        at=at,
    )


@transaction.atomic
def change_policy(tier: str, terms: Terms, seen: str, by: User) -> Policy:
    """Everybody else who sees copies is written to where it is shortened.

    Raises PolicyRefused, and ChangedMeanwhile where it isn't any more what it was when the form was made.
    """
    policy = Policy.objects.select_for_update().get(tier=tier)
    policy.shorten_if_due(time_of_catalog())
    if seen_of(policy) != seen:
        raise ChangedMeanwhile(gettext("The policy was changed while you were editing it."))
    if Terms.of(policy) == terms:
        return policy
    before = policy.shorter_from
    policy.keep(terms.keep_days, time_of_catalog())
    policy.window_opens, policy.window_minutes = terms.window_opens, terms.window_minutes
    policy.save()
    apply_policy(policy)
    if policy.shorter_from not in (None, before):
        tell_of_shortening(policy, by)
    return policy


@transaction.atomic
def take_back(tier: str) -> Policy:
    """Raises PolicyRefused."""
    policy = Policy.objects.select_for_update().get(tier=tier)
    policy.take_back()
    return policy


def _stored(policy: Policy) -> QuerySet[Backup]:
    return Backup.objects.stored().filter(tier=policy.tier)


def _ended(policy: Policy, days: int, at: datetime) -> QuerySet[Backup]:
    """What ends by then as it is isn't among them."""
    new = Q(snapshot_at__lte=at - timedelta(days=days), snapshot_at__gt=at - policy.kept)
    over = _stored(policy).filter(new, hold_until=None)
    for proven in (Q(), Q(verified_at__isnull=False), Q(drilled_at__isnull=False)):
        over = over.exclude(pk__in=_newest(proven))
    return over


def _newest(proven: Q) -> QuerySet[Any]:
    """Of each tenant, and of the catalog, the last good copy of those: `keeping.guarding` keeps it."""
    good = Backup.objects.good().filter(proven).order_by("tenant_id", "-snapshot_at").distinct("tenant_id")
    return good.values("pk")
