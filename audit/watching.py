"""Is every log sealed in time? Asked of what the sealer wrote down, by a worker that isn't the sealer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Alarm, SealState
from tenants.binding import bound_alias
from tenants.models import Tenant

Kind = Alarm.Kind


@dataclass(frozen=True)
class Trouble:
    """What is wrong, of which database (all: empty), in a sentence of the active language."""

    kind: str
    database: str
    says: str


def watch() -> list[Trouble]:
    """Open an alarm for each trouble that has none, and close those that are over. Bound to the catalog."""
    found = {(trouble.kind, trouble.database): trouble for trouble in troubles()}
    with transaction.atomic():
        ours = Alarm.objects.filter(closed_at=None, kind__in=Kind.values)
        standing = {(alarm.kind, alarm.database): alarm for alarm in ours}
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
    if newest is None and not is_late(_began()):
        return []
    if newest is None:
        says = _("The activity log has never been sealed: is the seal worker running?")
        return [Trouble(Kind.SILENT, "", says)]
    if is_late(newest):
        since = newest.strftime("%Y-%m-%d %H:%M UTC")
        says = _("The activity log hasn't been sealed since %(since)s.")
        return [Trouble(Kind.SILENT, "", says % {"since": since})]
    return [*_of_states(), *_never_looked_at()]


def _began() -> datetime:
    """Since when there could have been a round: the audit app's migrations are applied before any process starts."""
    migrations = MigrationRecorder.Migration.objects.using(bound_alias())
    applied: datetime = migrations.filter(app="audit").aggregate(at=Min("applied"))["at"]
    return applied


def _of_states() -> list[Trouble]:
    long_ago = timezone.now() - allowed_lag()
    fine = SealState.objects.filter(error="")
    return [
        *_said(
            Kind.LATE,
            fine.filter(oldest_unsealed_at__lt=long_ago),
            _("%(log)s holds events not sealed in time."),
        ),
        *_said(Kind.SILENT, fine.filter(looked_at__lt=long_ago), _("%(log)s isn't reached by the sealer.")),
        *_said(Kind.ERROR, SealState.objects.exclude(error=""), _("%(log)s can't be sealed: %(error)s")),
        *_said(Kind.STRAYS, SealState.objects.filter(strays__gt=0), _("%(log)s has events without a month.")),
    ]


def _said(kind: str, states: QuerySet[SealState], words: str) -> list[Trouble]:
    found = [*states.order_by("database")]
    names = _names(state.database for state in found)
    return [
        Trouble(kind, state.database, words % {"log": names[state.database], "error": state.error})
        for state in found
    ]


def _names(databases: Iterable[str]) -> dict[str, str]:
    tenants = Tenant.objects.filter(schema_name__in=list(databases)).values_list("schema_name", "name")
    whose = {database: _("The activity log of %(name)s") % {"name": name} for database, name in tenants}
    return defaultdict(lambda: _("The platform's own activity log"), whose)


def _never_looked_at() -> list[Trouble]:
    known = SealState.objects.values("database")
    long_ago = timezone.now() - allowed_lag()
    forgotten = Tenant.objects.with_database().filter(created_at__lt=long_ago).exclude(schema_name__in=known)
    return [
        Trouble(
            Kind.SILENT,
            each.schema_name,
            _("The activity log of %(name)s has never been sealed.") % {"name": each},
        )
        for each in forgotten
    ]


def troubles_of(databases: Collection[str]) -> list[Trouble]:
    """Those of these databases, and of all. Bound to the catalog."""
    return [trouble for trouble in troubles() if trouble.database in ("", *databases)]


def allowed_lag() -> timedelta:
    return timedelta(seconds=settings.AMANA_SEAL_LAG_SECONDS)


def is_late(since: datetime) -> bool:
    return timezone.now() - since > allowed_lag()
