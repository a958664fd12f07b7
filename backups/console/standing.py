"""How well each tenant is protected, asked of the catalog in a few queries, however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models import Backup, Drill, RecoveryKey
from backups.models.drills import has_passed
from backups.models.moments import is_past
from backups.targets import DRILLED, FRESH
from tenants.models import Tenant

MINUTE = timedelta(minutes=1)
PASSED = Q(has_passed(), failed_step="")


class Standing(TextChoices):
    """The worst first; whoever is closed isn't judged, and stands in a list of their own."""

    NONE = "none", _("No copy")
    OLD = "old", _("Copy too old")
    DAMAGED = "damaged", _("A copy is damaged")
    FAILING = "failing", _("A copy failed")
    DISPROVEN = "disproven", _("Last drill failed")
    UNDRILLED = "undrilled", _("Drill overdue")
    WELL = "well", _("Protected")
    CLOSED = "closed", _("Closed, with copies")


TONES = {
    Standing.NONE: "bad",
    Standing.OLD: "bad",
    Standing.DAMAGED: "bad",
    Standing.FAILING: "warn",
    Standing.DISPROVEN: "bad",
    Standing.UNDRILLED: "warn",
    Standing.WELL: "good",
    Standing.CLOSED: "neutral",
}


@dataclass(frozen=True)
class Together:
    """All tenants that have a database, in figures; `worst` is None where there are none."""

    tenants: int
    protected: int
    drilled: int
    size: int
    drilled_size: int
    protected_size: int
    without_key: int
    worst: tuple[UUID, str, datetime | None] | None


@dataclass(frozen=True)
class Row:
    """One tenant, or (None) the catalog, with its newest good copy and the last drill that passed or failed."""

    tenant: Tenant | None
    standing: str
    copy: Backup | None
    drill: Drill | None

    @property
    def label(self) -> str:
        return str(Standing(self.standing).label)

    @property
    def tone(self) -> str:
        return TONES[Standing(self.standing)]

    @property
    def age(self) -> timedelta | None:
        return whole_age(self.copy.snapshot_at) if self.copy and self.copy.snapshot_at else None

    @property
    def has_failed_drill(self) -> bool:
        return self.drill is not None and self.drill.has_failed


def whole_age(at: datetime) -> timedelta:
    """To the minute, and within the first one to the second: the rest tells nothing of a copy."""
    age = timezone.now() - at
    return age - age % (MINUTE if age >= MINUTE else timedelta(seconds=1))


def judged() -> "QuerySet[Any]":
    """Tenants that have a database, the worst first, each with its `rank`: a place in Standing."""
    decided = Drill.objects.decided().filter(tenant=OuterRef("pk"))
    found: QuerySet[Any] = _dated().annotate(
        last_drill=Subquery(decided.values("state")[:1]),
        rank=_rank(),
    )
    return found.order_by("rank", F("newest_at").asc(nulls_first=True), "slug")


def rank_of(standing: str) -> int:
    return Standing.values.index(standing)


def rows_of(tenants: list[Any]) -> list[Row]:
    """Of tenants that were judged: two queries for all of them."""
    ids = [each.pk for each in tenants]
    copies = {each.tenant_id: each for each in newest_good(ids)}
    decided = Drill.objects.decided().filter(tenant__in=ids).order_by("tenant_id", "-finished_at")
    drills = {each.tenant_id: each for each in decided.defer("report").distinct("tenant_id")}
    return [
        Row(each, Standing.values[each.rank], copies.get(each.pk), drills.get(each.pk)) for each in tenants
    ]


def newest_good(ids: list[UUID]) -> "QuerySet[Backup]":
    """Of each of these tenants the newest copy that can be restored."""
    good = Backup.objects.good().filter(is_past("snapshot_at"), tenant__in=ids).defer("manifest")
    return good.order_by("tenant_id", "-snapshot_at").distinct("tenant_id")


def together() -> Together:
    now = Now()
    is_protected, is_drilled = Q(newest_at__gte=now - FRESH), Q(proven_at__gte=now - DRILLED)
    dated = _dated()
    found = dated.aggregate(
        tenants=Count("pk"),
        protected=Count("pk", filter=is_protected),
        drilled=Count("pk", filter=is_drilled),
        size=Sum("size_bytes", default=0),
        drilled_size=Sum("size_bytes", filter=is_drilled, default=0),
        protected_size=Sum("size_bytes", filter=is_protected, default=0),
    )
    oldest = dated.order_by(F("newest_at").asc(nulls_first=True), "slug")
    worst = oldest.values_list("pk", "name", "newest_at").first()
    return Together(**found, without_key=_without_key(), worst=worst)


def oldest_points() -> tuple[datetime | None, datetime | None]:
    """The oldest good copy of any tenant; and the moment that everybody who has one can go back to."""
    oldest = Backup.objects.good().filter(tenant=OuterRef("pk")).order_by("snapshot_at")
    dated = Tenant.objects.with_database().annotate(oldest_at=Subquery(oldest.values("snapshot_at")[:1]))
    found = dated.aggregate(farthest=Min("oldest_at"), everybody=Max("oldest_at"))
    return found["farthest"], found["everybody"]


def _dated() -> "QuerySet[Any]":
    """With the moments of the newest good copy and of the last drill that passed: one step in an index each."""
    good = Backup.objects.good().filter(is_past("snapshot_at"), tenant=OuterRef("pk")).newest_first()
    passed = Drill.objects.filter(PASSED, tenant=OuterRef("pk")).order_by("-finished_at")
    return Tenant.objects.with_database().annotate(
        newest_at=Subquery(good.values("snapshot_at")[:1]),
        proven_at=Subquery(passed.values("finished_at")[:1]),
    )


def _rank() -> Case:
    """Asked for once a row: a condition on another annotation would ask all of it again."""
    now = Now()
    damaged = Backup.objects.stored().exclude(damage="").values("tenant")
    failed = Backup.objects.filter(state=Backup.State.FAILED, due__gte=now - FRESH).values("tenant")
    whens = {
        Standing.NONE: Q(newest_at=None),
        Standing.OLD: Q(newest_at__lt=now - FRESH),
        Standing.DAMAGED: Q(pk__in=damaged),
        Standing.FAILING: Q(pk__in=failed),
        Standing.DISPROVEN: Q(last_drill=Drill.State.FAILED),
        Standing.UNDRILLED: Q(proven_at=None) | Q(proven_at__lt=now - DRILLED),
    }
    return Case(
        *(When(condition, then=Value(rank_of(each))) for each, condition in whens.items()),
        default=Value(rank_of(Standing.WELL)),
        output_field=IntegerField(),
    )


def _without_key() -> int:
    have = RecoveryKey.objects.usable().exclude(tenant=None).values("tenant")
    return Tenant.objects.with_database().exclude(pk__in=have).count()
