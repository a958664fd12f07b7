"""Whose copies nobody has restored, and which nobody has read, for too long: the worker `drill` is dead, or overrun."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from backups.keeping.verifying_rounds import AGAIN
from backups.models import Backup, Drill
from backups.models.moments import is_ahead
from tenants.models import Tenant

VERIFIED_WITHIN = 2 * AGAIN


def undrilled() -> Iterator[tuple[Tenant | None, str]]:
    """Whoever has copies for 30 days, and no drill that passed within them, in words; bound to the catalog."""
    for tenant in _undrilled_tenants():
        yield tenant, _words(tenant.slug, tenant.proven_at)
    if _copied_before().filter(tenant=None).exists() and not _passed_lately().filter(tenant=None).exists():
        passed = Drill.objects.passed().filter(tenant=None).order_by("-finished_at")
        yield None, _words("the catalog", passed.values_list("finished_at", flat=True).first())


def _undrilled_tenants() -> QuerySet[Any]:
    its = Drill.objects.passed().filter(tenant=OuterRef("pk")).order_by("-finished_at")
    return (
        Tenant.objects.with_database()
        .filter(Exists(_copied_before().filter(tenant=OuterRef("pk"))))
        .exclude(Exists(_passed_lately().filter(tenant=OuterRef("pk"))))
        .annotate(proven_at=Subquery(its.values("finished_at")[:1]))
    )


def _copied_before() -> QuerySet[Backup]:
    """Removed since or not: there was something to drill."""
    return Backup.objects.filter(state=Backup.State.DONE, snapshot_at__lt=_since())


def _passed_lately() -> QuerySet[Drill]:
    return Drill.objects.passed().filter(finished_at__gte=_since())


def _since() -> Combinable:
    return Now() - timedelta(days=settings.AMANA_DRILL_DAYS)


def _words(name: str, at: datetime | None) -> str:
    last = f"the last was on {at:%Y-%m-%d}" if at else "there never was one"
    days = settings.AMANA_DRILL_DAYS
    return f"No drill of {name} has passed within {days} days, {last}: is the worker drill running?"


def unverified_copies() -> QuerySet[Backup]:
    """Good ones, as far as anybody knows, that should have been read twice since anybody did; bound to the catalog."""
    since = Now() - VERIFIED_WITHIN
    never = Q(verified_at=None, finished_at__lt=since)
    return Backup.objects.good().filter(never | Q(verified_at__lt=since) | is_ahead("verified_at"))


def unverified_words() -> str:
    """Empty where there are none."""
    number = unverified_copies().count()
    if not number:
        return ""
    return f"Copies that weren't verified for {VERIFIED_WITHIN.days} days: {number}. Is the worker drill running?"
