"""Whose copies aren't what they should be, and when the next ones are due: what `backups` says, and ends by."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from backups.alarming.unproven import undrilled
from backups.alarming.watching import oldest_allowed
from backups.models import Backup, Policy
from backups.models.moments import A_MOMENT
from backups.models.policies import SCHEDULED
from backups.scheduling.moments import next_due
from tenants.clock import time_of_catalog

Names = dict[UUID | None, str]


def overview(names: Names, stored: Iterable[Backup]) -> dict[str, Any]:
    """Of those who are named (None: the catalog), with all their stored copies; bound to the catalog."""
    newest, oldest = _newest_good(stored), oldest_allowed()
    return {
        "next_due": _next_due(names),
        "without_a_good_copy": [name for pk, name in names.items() if pk not in newest],
        "stale": [name for pk, name in names.items() if pk in newest and newest[pk] < oldest],
        "undrilled": [name for name in map(names.get, _undrilled()) if name],
        "damaged": [f"{each.whose} {each.name}" for each in stored if each.damage],
    }


def _undrilled() -> list[UUID | None]:
    return [tenant.pk if tenant else None for tenant, _words in undrilled()]


def _newest_good(stored: Iterable[Backup]) -> dict[UUID | None, datetime]:
    """As alarms count them: one of tomorrow is the work of a wrong clock."""
    newest: dict[UUID | None, datetime] = {}
    latest = time_of_catalog() + A_MOMENT
    for each in stored:
        at = each.snapshot_at
        if not each.damage and at and at <= latest:
            newest[each.tenant_id] = max(at, newest.get(each.tenant_id, at))
    return newest


def _next_due(names: Names) -> str | None:
    """By the policies, as the planner will come to it."""
    now, policies = timezone.now(), [*Policy.objects.filter(tier__in=SCHEDULED)]
    moments = [next_due(policy, pk, now) for policy in policies for pk in names]
    return min(moments).isoformat() if moments else None
