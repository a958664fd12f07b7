"""A machine without room, or that fails, is said to be that: the drill waits, and no copy is accused."""

import errno
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.drilling.comparing import compare_files
from backups.drilling.machine import check_words_of_server, machine_words
from backups.drilling.pulse import Pulse
from backups.drilling.running import run_next
from backups.drilling.scratch import scratch_alone
from backups.drilling.work import Work
from backups.exceptions import MachineFailed
from backups.models import Backup, Drill
from backups.programs import major_version
from backups.storage.folder import Folder
from backups.taking import FILES
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import identity_of
from tests.backups.drilling.conftest import Drilled, last_of, step, wanted
from tests.backups.drilling.test_stored_wrong import refreshed
from tests.support.disks import Disk, small_disk

FULL = "The drill worker's disk is full."


@pytest.fixture
def disk(copy: Backup, tmp_path: Path, settings: Settings) -> Iterator[Disk]:
    with small_disk(tmp_path / "mnt", "16k") as disk:
        settings.AMANA_DRILL_DIR = disk.path
        yield disk


@pytest.fixture
def proven(copy: Backup) -> Backup:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(drilled_at=timezone.now(), verified_at=timezone.now())
    return refreshed(copy)


def unaccused(copy: Backup) -> bool:
    now = refreshed(copy)
    return (now.damage, now.drilled_at, now.condition) == ("", copy.drilled_at, "drilled")


def alarms() -> list[str]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(closed_at=None, kind="drill").values_list("says", flat=True)]


def again(drill: Drill) -> Drill:
    """Its next try, now."""
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(next_try_at=timezone.now())
    run_next()
    return last_of(drill.backup)


def waits(drill: Drill, says: str) -> bool:
    return (drill.state, drill.outcome, drill.error) == ("waiting", "waiting", says)


def test_a_disk_that_is_too_small_is_seen_before_anything_is_fetched(
    proven: Backup, disk: Disk, drilled: Drilled
) -> None:
    drill = drilled(proven)
    assert drill.error.startswith("The drill worker's disk has ")
    assert " bytes free, and this copy needs " in drill.error
    assert waits(drill, drill.error)
    assert (step(drill, "room").state, step(drill, "fetch").state) == ("failed", "skipped")
    assert ([*disk.path.iterdir()], alarms(), unaccused(proven)) == ([], [], True)

    assert waits(again(drill), drill.error)
    third = again(drill)
    assert (third.outcome, third.failed_step, third.attempt) == ("failed", "worker", 3)
    [says] = alarms()
    assert (
        says
        == f"The drill of {proven.whose} couldn't be carried out, which says nothing of its copy. {third.error}"
    )
    assert unaccused(proven)


@pytest.fixture
def narrow_disk(proven: Backup, tmp_path: Path, settings: Settings) -> Iterator[Disk]:
    """As large as the objects, of whose manifest nobody thought."""
    manifest = {**proven.manifest, "files": {}}
    with bound_to(CATALOG):
        Backup.objects.filter(pk=proven.pk).update(manifest=manifest)
    objects = {**manifest["objects"], **manifest["unencrypted"]}
    pages = sum(said["bytes"] for said in objects.values()) // 4096 + 1
    with small_disk(tmp_path / "narrow", f"{pages * 4}k") as disk:
        settings.AMANA_DRILL_DIR = disk.path
        yield disk


def test_a_disk_that_fills_up_while_it_is_fetched(
    proven: Backup, narrow_disk: Disk, drilled: Drilled
) -> None:
    drill = drilled(proven)
    assert waits(drill, FULL)
    assert (step(drill, "fetch").state, step(drill, "fetch").found) == ("failed", FULL)
    assert ([*narrow_disk.path.iterdir()], unaccused(proven)) == ([], True)
    again(drill)
    assert (again(drill).failed_step, unaccused(proven)) == ("worker", True)
    assert alarms() == [
        f"The drill of {proven.whose} couldn't be carried out, which says nothing of its copy. {FULL}"
    ]


def test_a_disk_that_is_full_when_files_are_unpacked(proven: Backup, storage: Folder, disk: Disk) -> None:
    folder = disk.path / proven.folder
    folder.mkdir(parents=True)
    shutil.copy(Path(storage.root) / proven.folder / FILES, folder / FILES)
    with pytest.raises(OSError, match="No space left"):
        (disk.path / "filling").write_bytes(b"x" * 64 * 1024)
    drill = wanted(proven)
    with scratch_alone() as scratch:
        work = Work(drill, proven, storage, scratch, Pulse(drill), disk.path, proven.manifest)
        work.identity = identity_of(proven.tenant)
        with pytest.raises(OSError, match="No space left") as trouble:
            compare_files(work)
        (disk.path / "filling").unlink()
        assert compare_files(work).details["files"] == 1
    assert machine_words(trouble.value) == FULL


@pytest.mark.parametrize(
    ("does", "says"),
    [
        (
            "echo 'pg_restore: error: could not extend file: No space left on device' >&2; exit 1",
            "The server that is restored to has no room left.",
        ),
        ("kill -9 $$", "pg_restore was killed on the drill worker's machine, by signal 9."),
    ],
)
def test_a_server_without_room_or_a_killed_program_accuses_no_copy(
    proven: Backup, settings: Settings, drilled: Drilled, does: str, says: str
) -> None:
    script = Path(settings.AMANA_DRILL_DIR).parent / "bin" / "pg_restore"
    script.parent.mkdir()
    version = 'if [ "$1" = --version ]; then echo "pg_restore (PostgreSQL) 18.0"; exit; fi'
    script.write_text(f"#!/bin/bash\n{version}\n{does}\n")
    script.chmod(0o755)
    settings.AMANA_PG_BIN = str(script.parent)
    major_version.cache_clear()
    drill = drilled(proven)
    major_version.cache_clear()
    assert waits(drill, says)
    assert (step(drill, "parse").found, unaccused(proven)) == (says, True)


def test_a_storage_that_is_away_accuses_no_copy_and_alarms_until_it_is_read(
    proven: Backup, storage: Folder, settings: Settings, drilled: Drilled
) -> None:
    settings.AMANA_BACKUP_STORE_IS_REMOTE = True
    drill = drilled(proven)
    assert waits(drill, drill.error)
    assert drill.error.endswith("isn't mounted.")
    with bound_to(CATALOG):
        assert Alarm.objects.filter(kind="reading", closed_at=None).count() == 1
    for _ in range(3):
        assert waits(again(drill), drill.error)
    assert (last_of(proven).attempt, alarms(), unaccused(proven)) == (0, [], True)
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(requested_at=timezone.now() - timedelta(days=1))
    last = again(drill)
    assert (last.outcome, last.failed_step, unaccused(proven)) == ("failed", "fetch", True)

    settings.AMANA_BACKUP_STORE_IS_REMOTE = False
    (Path(storage.root) / proven.folder / FILES).write_bytes(b"spoilt")
    drilled(proven)
    with bound_to(CATALOG):
        assert not Alarm.objects.filter(kind="reading", closed_at=None).exists()


@pytest.mark.parametrize(
    ("said", "is_of_server"),
    [
        ('connection to server at "10.0.0.2" failed: Connection refused', True),
        ("could not execute query: ERROR:  out of shared memory", True),
        ("terminating connection due to administrator command", True),
        ("could not read from input file: end of file", False),
        ('could not execute query: ERROR:  relation "public.orders" does not exist', False),
    ],
)
def test_what_pg_restore_says_of_its_server_is_told_from_what_it_says_of_a_dump(
    said: str, is_of_server: bool
) -> None:
    try:
        check_words_of_server(said)
    except MachineFailed:
        assert is_of_server
    else:
        assert not is_of_server


def test_a_disk_that_fails_otherwise_is_named() -> None:
    assert machine_words(OSError(errno.EIO, "")) == "The drill worker's disk fails: Input/output error."
