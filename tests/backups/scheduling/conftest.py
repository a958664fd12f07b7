"""A catalog with Acme, Globex and the policies as every start makes them, and no copies yet."""

from datetime import UTC, datetime, time

import pytest

from audit.models import Alarm
from backups.models import Policy, Pulse
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies

NIGHT = datetime(
    2026, 3, 4, 12, 0, tzinfo=UTC
)  # a Wednesday at noon, when all windows of that day have closed


@pytest.fixture
def schedule(catalog: None, cast: dict[str, Tenant]) -> None:
    """Windows from one o'clock for four hours; both tenants are a year old."""
    with bound_to(CATALOG):
        forget_copies()
        Pulse.objects.all().delete()
        Alarm.objects.all().delete()
        Policy.objects.update(window_opens=time(1, 0), window_minutes=240)
        Tenant.objects.exclude(slug__in=cast).delete()
        Tenant.objects.update(created_at=datetime(2025, 3, 4, tzinfo=UTC), state="active")
