"""Copies that should have ended and haven't: what was promised about how long they are kept is broken."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from backups.keeping.guarding import USING
from backups.models import Backup, Drill, Restore
from tenants.models import TenantState


def overdue(by: timedelta) -> int:
    """How many are past their end for so long, though nothing keeps them (`guarding`); bound to the catalog."""
    late = (
        Backup.objects.stored()
        .filter(expires_at__lt=timezone.now() - by, hold_until=None)
        .exclude(Exists(Drill.objects.filter(backup=OuterRef("pk"), state__in=USING)))
        .exclude(Exists(Restore.objects.filter(backup=OuterRef("pk"), state__in=Restore.OPEN)))
    )
    closed = Q(tenant__state=TenantState.CLOSED)
    of_tenants = late.exclude(tenant=None).filter(closed | _isnt_last_good(Q(tenant=OuterRef("tenant"))))
    return of_tenants.count() + late.filter(_isnt_last_good(Q(tenant=None)), tenant=None).count()


def _isnt_last_good(of_same: Q) -> Q:
    """There is a newer good one that is as well proven; of one that is damaged, any good one."""
    good = Backup.objects.good().filter(of_same)
    newer = good.filter(snapshot_at__gt=OuterRef("snapshot_at"))
    verified = Q(verified_at=None) | Exists(newer.exclude(verified_at=None))
    drilled = Q(drilled_at=None) | Exists(newer.exclude(drilled_at=None))
    return Q(damage="") & Exists(newer) & verified & drilled | ~Q(damage="") & Exists(good)
