"""Acme and Globex, with no copies and no alarms, in a transaction."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Alarm
from backups.models import Backup, Pulse
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


@pytest.fixture
def quiet(catalog: None, cast: dict[str, Tenant]) -> None:
    """Nobody is there but they, the planner ticked just now, and everybody was copied just now."""
    with bound_to(CATALOG):
        for model in (Backup, Alarm, Pulse):
            model._default_manager.all().delete()
        Tenant.objects.exclude(slug__in=cast).delete()
        Tenant.objects.update(created_at=timezone.now() - timedelta(days=90), state="active")
        Pulse.objects.create(name="planner", since=timezone.now() - timedelta(days=90), at=timezone.now())
        Pulse.objects.create(name="escrow", since=timezone.now(), at=timezone.now())
        for whose in (*cast.values(), None):
            copied(whose)


def copied(tenant: Tenant | None, hours: float = 1, **values: Any) -> Backup:
    """A stored copy as of so many hours ago."""
    at = timezone.now() - timedelta(hours=hours)
    told = {"state": "done", "snapshot_at": at, "finished_at": at, "tier": "daily", **values}
    with bound_to(CATALOG):
        return Backup.objects.create(tenant=tenant, **told)


def standing() -> set[tuple[str, str]]:
    """Kind and database of the alarms that stand."""
    with bound_to(CATALOG):
        return {*Alarm.objects.filter(closed_at=None).values_list("kind", "database")}
