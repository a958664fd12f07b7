"""Is every log sealed in time? Asked of what the sealer wrote down, by a worker that isn't the sealer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from audit.models import Alarm, SealState
from tenants.models import Tenant

Kind = Alarm.Kind


@dataclass(frozen=True)
class Trouble:
    """What is wrong, of which database (all: empty), in a sentence."""

    kind: str
    database: str
    says: str


def watch() -> list[Trouble]:
    """Open an alarm for each trouble that has none, and close those that are over. Bound to the catalog."""
    found = {(trouble.kind, trouble.database): trouble for trouble in troubles()}
    with transaction.atomic():
        standing = {(alarm.kind, alarm.database): alarm for alarm in Alarm.objects.filter(closed_at=None)}
        for key in standing.keys() - found.keys():
            standing[key].closed_at = timezone.now()
            standing[key].save(update_fields=["closed_at"])
        for key in found.keys() - standing.keys():
            kind, database = key
            Alarm.objects.create(kind=kind, database=database, says=found[key].says)
    return [*found.values()]


def troubles() -> list[Trouble]:
    """What is wrong now, bound to the catalog: by the sealer's own word, so that no watcher is needed for it."""
    newest: datetime | None = SealState.objects.aggregate(at=Max("looked_at"))["at"]
    if newest is None:
        return [
            Trouble(Kind.SILENT, "", "The activity log has never been sealed: is the seal worker running?")
        ]
    if is_late(newest):
        since = newest.strftime("%Y-%m-%d %H:%M UTC")
        return [Trouble(Kind.SILENT, "", f"The activity log hasn't been sealed since {since}.")]
    return [*_of_states(), *_never_looked_at()]


def _of_states() -> list[Trouble]:
    long_ago = timezone.now() - allowed_lag()
    fine = SealState.objects.filter(error="")
    return [
        *_said(Kind.LATE, fine.filter(oldest_unsealed_at__lt=long_ago), "holds events not sealed in time."),
        *_said(Kind.SILENT, fine.filter(looked_at__lt=long_ago), "isn't reached by the sealer."),
        *_said(Kind.ERROR, SealState.objects.exclude(error=""), "can't be sealed: {error}"),
        *_said(Kind.STRAYS, SealState.objects.filter(strays__gt=0), "has events without a month."),
    ]


def _said(kind: str, states: QuerySet[SealState], words: str) -> list[Trouble]:
    found = [*states.order_by("database")]
    names = _names(state.database for state in found)
    return [
        Trouble(kind, state.database, f"{names[state.database]} {words.replace('{error}', state.error)}")
        for state in found
    ]


def _names(databases: Iterable[str]) -> dict[str, str]:
    tenants = Tenant.objects.filter(schema_name__in=list(databases)).values_list("schema_name", "name")
    whose = {database: f"The activity log of {name}" for database, name in tenants}
    return defaultdict(lambda: "The platform's own activity log", whose)


def _never_looked_at() -> list[Trouble]:
    known = SealState.objects.values("database")
    long_ago = timezone.now() - allowed_lag()
    forgotten = Tenant.objects.with_database().filter(created_at__lt=long_ago).exclude(schema_name__in=known)
    return [
        Trouble(Kind.SILENT, tenant.schema_name, f"The activity log of {tenant} has never been sealed.")
        for tenant in forgotten
    ]


def allowed_lag() -> timedelta:
    return timedelta(seconds=settings.AMANA_SEAL_LAG_SECONDS)


def is_late(since: datetime) -> bool:
    return timezone.now() - since > allowed_lag()
