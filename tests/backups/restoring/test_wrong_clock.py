"""A restore worker whose clock is wrong forgets no restore, and keeps a replaced database for as long as promised."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from backups.restoring.beside import drop_what_is_over
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import RESTORING, left_behind
from tenants.models import Operation, Tenant
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import databases
from tests.support.clocks import astray

DAY = timedelta(days=1)


def operation_of(tenant: Tenant, at: datetime) -> Operation:
    with bound_to(CATALOG):
        return Operation.objects.create(kind="restore", tenant=tenant, requested_by="Oscar", requested_at=at)


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("asked", "is_found"),
    [(-DAY, True), (-timedelta(seconds=90), True), (timedelta(), False), (DAY, True)],
)
@pytest.mark.parametrize("jump", [timedelta(), DAY, -DAY], ids=["right", "ahead", "behind"])
def test_what_a_dead_worker_left_is_found_whatever_the_clocks_say(
    acme: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    asked: timedelta,
    is_found: bool,
    jump: timedelta,
) -> None:
    """Asked for just now, it is left to whoever was told; what was asked for tomorrow waits for nothing."""
    operation = operation_of(acme, datetime.now(UTC) + asked)
    astray(monkeypatch, jump)
    assert (operation.pk in left_behind(RESTORING)) is is_found


@pytest.mark.slow
@pytest.mark.parametrize("jump", [8 * DAY, -8 * DAY], ids=["ahead", "behind"])
def test_what_was_replaced_is_kept_for_as_long_as_it_was_promised(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    old = kept.fresh()
    ready = kept.ready()
    with monkeypatch.context() as patch:
        astray(patch, jump)
        restore = kept.swapped(ready)
    assert restore.old_kept_until is not None
    left = restore.old_kept_until - timezone.now()
    assert abs(left - timedelta(days=settings.AMANA_RESTORE_KEEPS_DAYS)) < timedelta(minutes=1)
    drop_what_is_over()
    assert old.schema_name in databases()
