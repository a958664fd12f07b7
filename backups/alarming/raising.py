"""Opening and closing alarms. Asked for as often as anybody likes: one stands for each kind and database."""

from django.db import transaction
from django.utils import timezone

from audit.models import Alarm
from backups.alarming.kinds import OF_THE_PLATFORM, AlarmKind
from backups.alarming.tasks import wake_teller
from backups.sentences import facts_of
from tenants.binding import CATALOG, in_catalog
from tenants.models import Tenant


def raise_alarm(kind: str, tenant: Tenant | None, says: str) -> None:
    """Open one, unless it is open: about that tenant, the catalog (None), or the platform where `kind` is.

    Whatever is bound. `says` is a sentence in English (`backups.sentences`, so that pages and letters can translate it)
    that goes out by webhook: words of ours, names of steps, of customers and of errors, never what is in a row or what
    a program said.
    """
    in_catalog(lambda: _raise(AlarmKind(kind), tenant, says))


def end_alarm(kind: str, tenant: Tenant | None) -> None:
    """It is over; nothing happens where none was open. Whatever is bound."""
    in_catalog(lambda: _end(AlarmKind(kind), tenant))


def database_of(kind: AlarmKind, tenant: Tenant | None) -> str:
    """What an alarm's row calls whom it is about."""
    if kind in OF_THE_PLATFORM:
        return ""
    return tenant.schema_name if tenant else CATALOG.alias


def _raise(kind: AlarmKind, tenant: Tenant | None, says: str) -> None:
    alarm = Alarm(kind=kind.value, database=database_of(kind, tenant), says=str(says), facts=facts_of(says))
    with transaction.atomic():
        Alarm.objects.bulk_create([alarm], ignore_conflicts=True)
        transaction.on_commit(wake_teller)


def _end(kind: AlarmKind, tenant: Tenant | None) -> None:
    standing = Alarm.objects.filter(kind=kind.value, database=database_of(kind, tenant), closed_at=None)
    standing.update(closed_at=timezone.now())
