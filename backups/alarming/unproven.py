"""Whose copies nobody has restored, and which nobody has read, for too long: the worker `drill` is dead, or overrun."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from backups.keeping.verifying_rounds import AGAIN
from backups.models import Backup, Drill
from backups.models.moments import is_ahead
from backups.owners import in_a_sentence
from backups.sentences import sentence
from tenants.models import Tenant

VERIFIED_WITHIN = 2 * AGAIN
LAST = gettext_noop(
    "No drill of %(name)s has passed within %(days)s days, the last was on %(at)s: is the worker drill running?"
)
NEVER = gettext_noop(
    "No drill of %(name)s has passed within %(days)s days, there never was one: is the worker drill running?"
)


def undrilled() -> Iterator[tuple[Tenant | None, str]]:
    """Whoever has copies for 30 days, and no drill that passed within them, in words; bound to the catalog."""
    for tenant in _undrilled_tenants():
        yield tenant, _words(tenant, tenant.proven_at)
    if _copied_before().filter(tenant=None).exists() and not _passed_lately().filter(tenant=None).exists():
        passed = Drill.objects.passed().filter(tenant=None).order_by("-finished_at")
        yield None, _words(None, passed.values_list("finished_at", flat=True).first())


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


def _words(tenant: Tenant | None, at: datetime | None) -> str:
    said = {"name": in_a_sentence(tenant), "days": settings.AMANA_DRILL_DAYS}
    return sentence(LAST, **said, at=f"{at:%Y-%m-%d}") if at else sentence(NEVER, **said)


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
    return sentence(
        gettext_noop(
            "Copies that weren't verified for %(days)s days: %(number)s. Is the worker drill running?"
        ),
        days=VERIFIED_WITHIN.days,
        number=number,
    )
