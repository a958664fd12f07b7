"""What the webhook is still to hear: each alarm is due until whoever listens has taken it, however long that is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from audit.models import Alarm
from backups.alarming.standing import ours
from backups.alarming.webhooks import TRIED_WITHIN, announce
from tenants.models import Tenant

A_DAY = timedelta(days=1)


def tell_machines(now: datetime) -> None:
    """Of what opened, has stood for another day, and is over; in a transaction, bound to the catalog."""
    due = [*_due(now).select_for_update(skip_locked=True)]
    here = Alarm.objects.filter(pk__in=[alarm.pk for alarm in due])
    if due and settings.AMANA_ALARM_WEBHOOK:
        announce([_as_news(alarm, tenant) for alarm, tenant in _with_tenants(due)], now)
        here.update(posted_at=now)
    elif due:
        here.update(posted_at=now, taken_at=now)  # there is nobody who could ever take it


def note_taken(alarms: Iterable[str], at: datetime) -> None:
    """What was posted then was taken. Bound to the catalog."""
    Alarm.objects.filter(pk__in=alarms).update(taken_at=Greatest("taken_at", at))


def _due(now: datetime) -> QuerySet[Alarm]:
    """Of one that was never posted nobody needs to hear that it is over; an answer may have been lost, the news not."""
    opened = Q(closed_at=None) & (Q(taken_at=None) | Q(taken_at__lt=now - A_DAY))
    over = Q(closed_at__isnull=False, posted_at__isnull=False)
    over &= Q(taken_at=None) | Q(taken_at__lt=F("closed_at"))
    on_its_way = Q(posted_at__gt=now - timedelta(seconds=TRIED_WITHIN)) & (
        Q(taken_at=None) | Q(taken_at__lt=F("posted_at"))
    )
    return ours().filter(opened | over).exclude(on_its_way)


def _with_tenants(alarms: list[Alarm]) -> list[tuple[Alarm, Tenant | None]]:
    tenants = Tenant.objects.in_bulk({alarm.database for alarm in alarms}, field_name="schema_name")
    return [(alarm, tenants.get(alarm.database)) for alarm in alarms]


def _as_news(alarm: Alarm, tenant: Tenant | None) -> dict[str, Any]:
    """Of the customer no more than the short name and the id: no name, nothing that is in its database."""
    return {
        "event": "closed" if alarm.closed_at else "reminder" if alarm.taken_at else "opened",
        "alarm": str(alarm.pk),
        "kind": alarm.kind,
        "tenant": tenant.slug if tenant else None,
        "tenant_id": str(tenant.pk) if tenant else None,
        "says": alarm.says,
        "opened_at": alarm.opened_at.isoformat(),
        "closed_at": alarm.closed_at.isoformat() if alarm.closed_at else None,
    }
