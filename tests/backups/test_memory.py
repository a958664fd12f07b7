"""A copy, its restore and its drill hold a few blocks of it at a time, however large it is."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from backups.models import Backup, Drill, Restore
from bench.backups.filling import fill
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.drilling.conftest import last_of, wanted
from tests.support import fleet
from tests.support.command_line import ours

pytestmark = pytest.mark.slow
MEGABYTES = 200
ROOM = 40  # megabytes beyond what the process holds before it begins
Peak = Callable[[str], int]


@pytest.fixture(scope="module")
def large(databases: None) -> Iterator[Tenant]:
    tenant = fleet.provision(name="Massive Dynamic")
    fill(tenant, MEGABYTES)
    yield tenant
    fleet.close(tenant)  # drops what was restored beside it, too
    with bound_to(CATALOG):
        Drill.objects.filter(tenant=tenant).delete()
        Restore.objects.filter(tenant=tenant).delete()


@pytest.fixture(scope="module")
def above_idle(large: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Peak:
    """How many megabytes a process that does this one work ever held more than at its beginning."""
    environment = ours() | {"AMANA_BACKUP_STORE": f"file://{tmp_path_factory.mktemp('large')}"}

    def measured(work: str) -> int:
        command = [sys.executable, "-m", "bench.backups.worker", work, str(large.pk)]
        done = subprocess.run(
            command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout.splitlines()[-1])
        return int(told["peak_mb"] - told["idle_mb"])

    return measured


@pytest.fixture(scope="module")
def copy(large: Tenant, above_idle: Peak) -> tuple[Backup, int]:
    held = above_idle("our_copy")
    with bound_to(CATALOG):
        return Backup.objects.select_related("tenant").stored().get(tenant=large), held


def test_a_copy(copy: tuple[Backup, int]) -> None:
    backup, held = copy
    assert backup.plain_bytes is not None
    assert backup.plain_bytes > MEGABYTES << 19  # indexes aren't in it
    assert held <= ROOM


def test_a_restore(copy: tuple[Backup, int], above_idle: Peak) -> None:
    assert above_idle("our_restore") <= ROOM


def test_a_drill(copy: tuple[Backup, int], above_idle: Peak) -> None:
    wanted(copy[0])
    held = above_idle("drills")
    assert last_of(copy[0]).outcome == "passed"
    assert held <= ROOM
