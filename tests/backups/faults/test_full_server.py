"""The server that a drill or a restore fills has no room left, really: said in words, and nothing of it stays."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.drilling.running import run_next
from backups.drilling.scratch import left
from backups.exceptions import MachineFailed
from backups.models import Backup, Drill
from backups.restoring import asking, fetching
from backups.restoring.carrying import carry
from tenants.binding import CATALOG, bound_to
from tenants.places import drill_url
from tenants.pool import pool
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.faults.heavy import forget_restores, heavy_tenant, is_unaccused
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import databases, superuser
from tests.support.disks import Disk, small_disk

pytestmark = pytest.mark.slow

FULL = "The server that is restored to has no room left."
ROOM = 4 << 20  # bytes beside what an empty database takes: less than the copy needs
SPACE = "amana_full"


@pytest.fixture(scope="module")
def heavy(databases: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with heavy_tenant(tmp_path_factory.mktemp("copies")) as kept:
        yield kept


@pytest.fixture
def kept(heavy: Kept, tmp_path: Path, settings: Settings) -> Iterator[Kept]:
    settings.AMANA_RESTORE_DIR, settings.AMANA_DRILL_DIR = tmp_path / "restore", tmp_path / "drill"
    yield heavy
    forget_restores(heavy.tenant)
    with bound_to(CATALOG):
        Drill.objects.filter(tenant=heavy.tenant).delete()
        Alarm.objects.all().delete()


@contextmanager
def on_a_small_disk(database: str) -> Iterator[Disk]:
    """That database lies there, and so does what is cloned from it, as long as the block lasts."""
    point = Path(tempfile.mkdtemp(prefix="amana-full-"))
    point.chmod(0o755)
    with superuser() as connection:
        [(data, size)] = connection.execute(
            "SELECT current_setting('data_directory'), pg_database_size(%s)", [database]
        ).fetchall()
        with small_disk(point / "disk", str(size * (1 if database == "scratch" else 2) + ROOM)) as disk:
            point.chmod(0o755)
            owner = Path(data).stat()
            os.chown(disk.path, owner.st_uid, owner.st_gid)
            connection.execute(f"CREATE TABLESPACE {SPACE} LOCATION '{disk.path}'".encode())
            try:
                _move(connection, database, SPACE)
                yield disk
            finally:
                _move(connection, database, "pg_default")
                connection.execute(f"DROP TABLESPACE {SPACE}".encode())
    shutil.rmtree(point)


def _move(connection: psycopg.Connection[object], database: str, to: str) -> None:
    pool.close_idle()
    ends = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    connection.execute(ends, [database])
    connection.execute(f"ALTER DATABASE {database} SET TABLESPACE {to}".encode())


def used(disk: Disk) -> int:
    with superuser() as connection:
        connection.execute("CHECKPOINT")  # what was dropped is taken off the disk
    return shutil.disk_usage(disk.path).used


def test_a_restore_into_a_full_server_leaves_no_database_and_another_try_goes_well(kept: Kept) -> None:
    before = databases()
    with on_a_small_disk("amana_base") as disk:
        empty = used(disk)
        operation = kept.begun()
        with pytest.raises(MachineFailed, match=FULL):
            carry(operation.pk)
        restore = kept.restore(operation)
        assert (restore.state, restore.error) == ("failed", FULL)
        assert (databases(), [*fetching.spools().iterdir()]) == (before, [])
        assert used(disk) - empty < 100_000
        assert is_unaccused(kept.backup)

        disk.grow("256m")
        with bound_to(CATALOG):
            again = asking.begin(restore, "operator:oscar")
        carry(again.pk)
        assert kept.restore(operation).state == "ready"
        forget_restores(kept.tenant)


def test_a_drill_into_a_full_server_leaves_scratch_empty_and_accuses_no_copy(
    kept: Kept, settings: Settings
) -> None:
    proven_at = timezone.now()
    with bound_to(CATALOG):
        Backup.objects.filter(pk=kept.backup.pk).update(drilled_at=proven_at)
    with on_a_small_disk("scratch") as disk:
        wanted(kept.backup)
        run_next()
        drill = last_of(kept.backup)
        assert (drill.state, drill.error) == ("waiting", FULL)
        assert (step(drill, "restore").state, step(drill, "restore").found) == ("failed", FULL)
        with psycopg.connect(drill_url(), autocommit=True) as scratch:
            assert left(scratch) == 0
        assert [*settings.AMANA_DRILL_DIR.iterdir()] == []
        assert is_unaccused(kept.backup)

        disk.grow("256m")
        with bound_to(CATALOG):
            Drill.objects.filter(pk=drill.pk).update(next_try_at=timezone.now())
        run_next()
        assert (last_of(kept.backup).outcome, last_of(kept.backup).attempt) == ("passed", 2)
