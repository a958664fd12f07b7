"""Customers that are closed, of whom copies are still stored: for the law, or until their time has come."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from backups.console.standing import Row, Standing
from backups.models import Backup, Drill, RecoveryKey
from tenants.models import Tenant, TenantState

ENDING = (TenantState.CLOSING, TenantState.CLOSED)


def closed_with_copies() -> "QuerySet[Any]":
    """Those with a copy on hold first. `is_held`; `is_openable`: a key is left that opens something."""
    mine = Backup.objects.stored().filter(tenant=OuterRef("pk"))
    keys = RecoveryKey.objects.usable().filter(tenant=OuterRef("pk"))
    ending = Tenant.objects.filter(Exists(mine), state__in=ENDING)
    judged = ending.annotate(is_held=Exists(mine.held()), is_openable=Exists(keys))
    return judged.order_by("-is_held", "slug", "-created_at")


class ClosedRow(Row):
    """One of them, with the copy that must be looked at first, or else its newest."""

    @property
    def label(self) -> str:
        return self._said[1]

    @property
    def tone(self) -> str:
        return self._said[0]

    @property
    def _said(self) -> tuple[str, str]:
        if self.copy is not None and self.copy.is_held:
            return "warn", _("Closed, a copy on hold")
        tenant: Any = self.tenant
        return "neutral", _("Closed") if tenant.is_openable else _("Closed, nothing opens its copies")


def rows_of_closed(tenants: list[Any]) -> list[Row]:
    """Two queries for all of them."""
    ids = [each.pk for each in tenants]
    drills = {each.tenant_id: each for each in _last_drills(ids)}
    copies = {each.tenant_id: each for each in _copies_of(ids)}
    return [ClosedRow(each, Standing.CLOSED, copies.get(each.pk), drills.get(each.pk)) for each in tenants]


def _copies_of(ids: list[UUID]) -> "QuerySet[Backup]":
    first = F("hold_until").asc(nulls_last=True)
    stored = Backup.objects.stored().filter(tenant__in=ids).defer("manifest")
    return stored.order_by("tenant_id", first, "-snapshot_at").distinct("tenant_id")


def _last_drills(ids: list[UUID]) -> "QuerySet[Drill]":
    decided = Drill.objects.decided().filter(tenant__in=ids).defer("report")
    return decided.order_by("tenant_id", "-finished_at").distinct("tenant_id")
