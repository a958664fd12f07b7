"""Is everybody protected? Asked of the rows each minute, by the worker `default`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from audit.models import Alarm
from backups.alarming.holds import hold_words
from backups.alarming.keys import escrow_trouble, keys_in_trouble
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import database_of
from backups.alarming.standing import ours, silence_since
from backups.alarming.unproven import undrilled, unverified_words
from backups.alarming.workers import silent_workers
from backups.keeping.overdue import overdue
from backups.models import Backup, Pulse
from backups.models.copies import BackupQuerySet
from backups.models.moments import is_past
from backups.owners import in_a_sentence
from backups.sentences import facts_of, sentence
from tenants.binding import CATALOG
from tenants.clock import time_of_catalog
from tenants.models import Tenant

# Of these the rows tell whether they stand; the others are raised and ended by who finds out.
WATCHED = (
    AlarmKind.STALE,
    AlarmKind.DAMAGED,
    AlarmKind.UNDRILLED,
    AlarmKind.UNVERIFIED,
    AlarmKind.KEYS,
    AlarmKind.ESCROW,
    AlarmKind.OVERDUE,
    AlarmKind.HOLD,
    AlarmKind.SCHEDULER,
    AlarmKind.RESTORING,
    AlarmKind.LENDING,
)
DAMAGED = gettext_noop("A stored copy of %(name)s is damaged: its page says how.")
Found = tuple[AlarmKind, Tenant | None, str]
NO_LATER = timedelta(days=2)  # a copy ends, than it was promised


@transaction.atomic
def watch() -> None:
    """Open an alarm for each trouble that has none, and close those that are over or whose database is gone."""
    found = {(kind.value, database_of(kind, tenant)): says for kind, tenant, says in troubles()}
    _close_those_of_nobody()
    watched = ours().filter(kind__in=WATCHED, closed_at=None)
    standing = {(each.kind, each.database): each.pk for each in watched}
    over = [pk for key, pk in standing.items() if key not in found]
    Alarm.objects.filter(pk__in=over).update(closed_at=timezone.now())
    new = [
        Alarm(kind=kind, database=database, says=str(says), facts=facts_of(says))
        for (kind, database), says in found.items()
        if (kind, database) not in standing
    ]
    Alarm.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)


def troubles() -> Iterator[Found]:
    yield from _of_the_planner()
    yield from ((kind, None, says) for kind, says in silent_workers())
    for tenant, newest in [*_unprotected_tenants(), *_unprotected_catalog()]:
        yield AlarmKind.STALE, tenant, _too_old(tenant, newest)
    for tenant in Tenant.objects.with_database().filter(Exists(_damaged().filter(tenant=OuterRef("pk")))):
        yield AlarmKind.DAMAGED, tenant, sentence(DAMAGED, name=tenant.slug)
    if _damaged().filter(tenant=None).exists():
        yield AlarmKind.DAMAGED, None, sentence(DAMAGED, name=in_a_sentence(None))
    for whose, says in undrilled():
        yield AlarmKind.UNDRILLED, whose, says
    for whose, says in keys_in_trouble():
        yield AlarmKind.KEYS, whose, says
    of_platform = {
        AlarmKind.UNVERIFIED: unverified_words(),
        AlarmKind.ESCROW: escrow_trouble(),
        AlarmKind.OVERDUE: _overdue_words(),
        AlarmKind.HOLD: hold_words(),
    }
    yield from ((kind, None, says) for kind, says in of_platform.items() if says)


def good_copies() -> BackupQuerySet:
    """Those that count as protection. One of tomorrow is the work of a wrong clock, and counts for nothing."""
    stored: BackupQuerySet = Backup.objects.stored()
    return stored.filter(is_past("snapshot_at"), damage="").newest_first()


def with_newest_copy() -> QuerySet[Any]:
    """Whoever has a database, with the moment of its newest good copy as `newest_copy_at`."""
    newest = good_copies().filter(tenant=OuterRef("pk")).values("snapshot_at")[:1]
    return Tenant.objects.with_database().annotate(newest_copy_at=Subquery(newest))


def oldest_allowed() -> datetime:
    return time_of_catalog() - timedelta(hours=settings.AMANA_BACKUP_STALE_HOURS)


def first_allowed() -> datetime:
    """Who is here for longer, and was never copied, waits too long for it."""
    return time_of_catalog() - timedelta(hours=1)


def _unprotected_tenants() -> list[tuple[Tenant, datetime | None]]:
    never = Q(newest_copy_at=None, created_at__lt=first_allowed())
    found = with_newest_copy().filter(never | Q(newest_copy_at__lt=oldest_allowed()))
    return [(each, each.newest_copy_at) for each in found]


def _unprotected_catalog() -> list[tuple[None, datetime | None]]:
    newest = newest_copy_of_catalog()
    planner = Pulse.objects.planner()
    if newest is None:
        waits_too_long = planner is not None and planner.since < first_allowed()
    else:
        waits_too_long = newest < oldest_allowed()
    return [(None, newest)] if waits_too_long else []


def newest_copy_of_catalog() -> datetime | None:
    return good_copies().filter(tenant=None).values_list("snapshot_at", flat=True).first()


def _too_old(tenant: Tenant | None, newest: datetime | None) -> str:
    if newest is None:
        return sentence(gettext_noop("There is no good copy of %(name)s."), name=in_a_sentence(tenant))
    return sentence(
        gettext_noop("The newest good copy of %(name)s is of %(at)s UTC: older than %(hours)s hours."),
        name=in_a_sentence(tenant),
        at=f"{newest:%Y-%m-%d %H:%M}",
        hours=settings.AMANA_BACKUP_STALE_HOURS,
    )


def _damaged() -> BackupQuerySet:
    stored: BackupQuerySet = Backup.objects.stored()
    return stored.exclude(damage="")


def _of_the_planner() -> Iterator[Found]:
    planner = Pulse.objects.planner()
    if planner is not None and planner.is_silent:
        yield AlarmKind.SCHEDULER, None, silence_since(planner)


def _overdue_words() -> str:
    number = overdue(NO_LATER)
    if not number:
        return ""
    return sentence(
        gettext_noop(
            "Copies that should have ended %(days)s days ago, and haven't: %(number)s. Is the worker control running?"
        ),
        days=NO_LATER.days,
        number=number,
    )


def _close_those_of_nobody() -> None:
    """A tenant was closed, or swapped for its restored database."""
    known = Tenant.objects.with_database().values("schema_name")
    nobody = (
        ours().filter(closed_at=None).exclude(database__in=("", CATALOG.alias)).exclude(database__in=known)
    )
    nobody.update(closed_at=timezone.now())
