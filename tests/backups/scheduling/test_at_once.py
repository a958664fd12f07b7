"""Two beats, four planners: nothing is written twice."""

from collections.abc import Iterator
from contextvars import copy_context
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from backups.models import Backup, Pulse
from backups.scheduling.planning import plan
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.scheduling.conftest import NIGHT


@pytest.fixture
def committed(cast: dict[str, Tenant]) -> Iterator[None]:
    yield
    with bound_to(CATALOG):
        forget_copies()
        Pulse.objects.all().delete()


def test_four_planners_at_once_write_each_moment_once(committed: None) -> None:
    together = Barrier(4)

    def planner() -> None:
        for day in range(5):
            together.wait()
            with bound_to(CATALOG):
                plan(NIGHT + timedelta(days=day))

    planners = [Thread(target=copy_context().run, args=(planner,)) for _ in range(4)]
    for each in planners:
        each.start()
    for each in planners:
        each.join()
    with bound_to(CATALOG):
        assert Backup.objects.filter(tenant=None, tier="daily").count() == 5
        assert Backup.objects.filter(tenant=None, tier="daily", state="waiting").count() == 1
