"""Who is told of alarms: operators by letter, other machines by webhook; when one opens, and daily while it stands."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.letters.sending import send_letter
from accounts.letters.writing import language_of
from accounts.models import User
from accounts.support.asking import people_who_may
from audit.models import Alarm
from backups.alarming.kinds import AlarmKind
from backups.alarming.news import tell_machines
from backups.alarming.standing import PAGES, names_of, ours
from backups.sentences import told

READERS = "platform.backup:view"
A_DAY = timedelta(days=1)
NAMED = 5


@transaction.atomic
def tell() -> None:
    """Of what opened, what has stood for another day, and (machines only) what is over. Bound to the catalog."""
    now = timezone.now()
    due = Q(told_at=None) | Q(told_at__lt=now - A_DAY)
    alarms = [*ours().select_for_update(skip_locked=True).filter(due, closed_at=None)]
    if alarms:
        _write_letters(alarms)
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(told_at=now)
    tell_machines(now)


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
