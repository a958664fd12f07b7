"""Who is told of alarms: operators by letter, other machines by webhook; when one opens, and daily while it stands."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.letters.sending import send_letter
from accounts.letters.writing import language_of
from accounts.models import User
from accounts.support.asking import people_who_may
from audit.models import Alarm
from backups.alarming.kinds import AlarmKind
from backups.alarming.standing import PAGES, names_of, ours
from backups.alarming.webhooks import announce
from backups.sentences import told
from tenants.models import Tenant

READERS = "platform.backup:view"
A_DAY = timedelta(days=1)
NAMED = 5


@transaction.atomic
def tell() -> None:
    """Of what opened, what has stood for another day, and (machines only) what is over. Bound to the catalog."""
    now = timezone.now()
    untold = Q(closed_at=None, told_at=None)
    again = Q(closed_at=None, told_at__lt=now - A_DAY)
    over = Q(closed_at__isnull=False, told_at__lt=F("closed_at"))
    due = [*ours().select_for_update(skip_locked=True).filter(untold | again | over)]
    if not due:
        return
    _write_letters([alarm for alarm in due if alarm.closed_at is None])
    announce([_as_news(alarm) for alarm in _with_tenants(due)])
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in due]).update(told_at=now)


def _write_letters(alarms: list[Alarm]) -> None:
    """One of each kind, however many customers it is about."""
    by_kind: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        by_kind[alarm.kind].append(alarm)
    names = names_of(alarms)
    readers = people_who_may(READERS) if alarms else []
    for kind, some in by_kind.items():
        named = [names[alarm.database] for alarm in some[:NAMED] if names[alarm.database]]
        for person in readers:
            send_letter(
                person,
                "backup-alarm",
                kind=kind,
                names=", ".join(named),
                others=max(len(some) - NAMED, 0),
                says=_said_to(person, some[0]),
                where=_where(kind),
            )


def _said_to(person: User, alarm: Alarm) -> str:
    with override(language_of(person)):
        return told(alarm.says, alarm.facts)


def _where(kind: str) -> str:
    """On the operator site, below its address."""
    page = PAGES.get(AlarmKind(kind))
    return reverse(page, urlconf=settings.OPERATOR_URLCONF) if page else "/"


def _with_tenants(alarms: list[Alarm]) -> list[tuple[Alarm, Tenant | None]]:
    tenants = Tenant.objects.in_bulk({alarm.database for alarm in alarms}, field_name="schema_name")
    return [(alarm, tenants.get(alarm.database)) for alarm in alarms]


def _as_news(found: tuple[Alarm, Tenant | None]) -> dict[str, Any]:
    """Of the customer no more than the short name and the id: no name, nothing that is in its database."""
    alarm, tenant = found
    return {
        "event": "closed" if alarm.closed_at else "reminder" if alarm.told_at else "opened",
        "alarm": str(alarm.pk),
        "kind": alarm.kind,
        "tenant": tenant.slug if tenant else None,
        "tenant_id": str(tenant.pk) if tenant else None,
        "says": alarm.says,
        "opened_at": alarm.opened_at.isoformat(),
        "closed_at": alarm.closed_at.isoformat() if alarm.closed_at else None,
    }
