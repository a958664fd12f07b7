"""Which drills there are to be: one for whoever was drilled longest ago, and those that people ask for."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from backups.drilling.drawing import in_turn
from backups.models import Backup, Drill
from backups.models.drills import STOPPED, has_passed
from backups.models.moments import is_past
from tenants.binding import CATALOG, bound_connection, bound_to
from tenants.identity import Identity, sign
from tenants.models import Tenant
from tenants.places import SCRATCH

AT_ONCE = (
    4  # scheduled drills that wait or run at a time: more would only stand in the way of those people ask for
)
# Everybody's turn comes after this part of the days: what is left is for trouble.
MARGIN = 0.8
AGAIN = timedelta(days=1)  # after one that passed or failed
AFTER_A_STOP = timedelta(hours=1)  # whoever stops drills can't keep anybody undrilled by one a day


def plan() -> list[Drill]:
    """Scheduled drills for who is due, longest undrilled first; whoever plans twice finds them there."""
    with bound_to(CATALOG), transaction.atomic():
        _one_at_a_time()
        room = AT_ONCE - Drill.objects.unfinished().filter(is_scheduled=True).count()
        copies = [*_catalogs_copy(), *(_latest(tenant) for tenant in due_tenants()[: max(room, 0)])]
        return [_make(in_turn(copy)) for copy in copies[: max(room, 0)]]


def due_tenants() -> list[Tenant]:
    """Those with a copy whose turn has come, who weren't drilled for the longest time first."""
    copies = Backup.objects.stored().filter(tenant=OuterRef("pk"))
    of_each = Drill.objects.filter(tenant=OuterRef("pk"))
    known = (
        Tenant.objects.with_database()
        .filter(Exists(copies))
        .exclude(Exists(of_each.unfinished()))
        .exclude(Exists(of_each.filter(_lately())))
    )
    passed = Max("drills__finished_at", filter=has_passed("drills__"))
    known = known.annotate(last_drill=passed).filter(Q(last_drill=None) | Q(last_drill__lt=_turn()))
    return [*known.order_by(F("last_drill").asc(nulls_first=True), "created_at")]


def _lately() -> Q:
    """Another one so soon would be no use."""
    within = Q(finished_at__gt=Now() - AFTER_A_STOP) | Q(finished_at__gt=Now() - AGAIN) & ~STOPPED
    return is_past("finished_at") & within


def _turn() -> Combinable:
    return Now() - timedelta(days=settings.AMANA_DRILL_DAYS * MARGIN)


def _catalogs_copy() -> list[Backup]:
    """Its own turn comes like a tenant's."""
    drills = Drill.objects.filter(tenant=None)
    recent = drills.filter(_lately() | Q(has_passed(), finished_at__gt=_turn()))
    if recent.exists() or drills.unfinished().exists():
        return []
    return copies_to_prove(None)


def _latest(tenant: Tenant) -> Backup:
    return copies_to_prove(tenant)[0]


def copies_to_prove(tenant: Tenant | None) -> list[Backup]:
    """The newest good copy, since that is what would be restored; where none is good, the newest."""
    stored = Backup.objects.stored().filter(tenant=tenant).newest_first()
    return [*stored.good()[:1]] or [*stored[:1]]


def _make(backup: Backup) -> Drill:
    return Drill.objects.create(tenant_id=backup.tenant_id, backup=backup, era=_era(backup))


def _era(backup: Backup) -> int:
    """Of the history that the copy is part of: its log is verified as that."""
    return int(backup.manifest.get("era", 1))


def _one_at_a_time() -> None:
    with bound_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('plan drills', 0))")


def sign_identities() -> int:
    """What only `control` can: its word that scratch may say it is that tenant's, for a drill. How many it gave."""
    with bound_to(CATALOG):
        waiting = [*Drill.objects.to_be_signed()]
        for drill in waiting:
            identity = Identity(drill.tenant_id, SCRATCH, drill.era, "drill")
            Drill.objects.filter(pk=drill.pk).update(identity_signature=sign(identity))
    return len(waiting)
