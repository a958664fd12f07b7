"""A folder that is full, read-only or not mounted says so; nothing half-written counts, or stays."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.exceptions import StorageAway
from backups.models import Backup
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take
from tests.support.disks import Disk, small_disk

FULL = "The storage refuses: No space left on device"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "mnt", "256k") as disk:
        yield disk


def left_on(disk: Disk) -> list[str]:
    return sorted(path.name for path in disk.path.rglob("*") if path.is_file())


def test_a_full_disk_is_said_and_nothing_partial_stays(disk: Disk) -> None:
    folder = Folder(disk.path)
    with folder.write("a/small") as file:
        file.write(b"x" * 1000)
    with pytest.raises(StorageAway, match=FULL), folder.write("a/big") as file:
        for _ in range(100):
            file.write(b"x" * 10_000)
    assert left_on(disk) == ["small"]
    with folder.write("a/again") as file:
        file.write(b"x" * 100_000)
    assert [each.name for each in folder.list()] == ["a/again", "a/small"]


def test_a_copy_onto_a_full_disk_counts_no_more_than_one_never_begun(
    disk: Disk, new_tenant: Callable[..., Tenant], take_copy: Take, settings: Settings
) -> None:
    acme = new_tenant(name="Acme")
    with Folder(disk.path).write("filling") as file:
        file.write(b"x" * 240_000)
    settings.AMANA_BACKUP_STORE = f"file://{disk.path}"
    with pytest.raises(StorageAway, match=FULL):
        take_copy(acme)
    assert left_on(disk) == ["filling"]
    with bound_to(CATALOG):
        assert not Backup.objects.stored().filter(tenant=acme).exists()


def test_nothing_is_spooled_so_a_full_spool_does_no_harm(
    disk: Disk,
    new_tenant: Callable[..., Tenant],
    take_copy: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (disk.path / "full").write_bytes(b"x" * 256 * 1024)
    monkeypatch.setenv("TMPDIR", str(disk.path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(OSError, match="No space left"):
        (disk.path / "more").write_bytes(b"x")
    (disk.path / "more").unlink(missing_ok=True)
    assert take_copy(new_tenant(name="Acme")).is_stored
    assert left_on(disk) == ["full"]


def test_a_read_only_disk_is_read_and_says_why_it_isnt_written(disk: Disk) -> None:
    folder = Folder(disk.path)
    with folder.write("a/b") as file:
        file.write(b"kept")
    disk.make_read_only()
    for act in (
        lambda: folder.write("a/c").__enter__(),
        lambda: folder.delete("a/b"),
    ):
        with pytest.raises(StorageAway, match="The storage refuses: Read-only file system"):
            act()
    with folder.read("a/b") as file:
        assert file.read() == b"kept"


def test_a_disk_that_isnt_mounted_isnt_its_empty_folder(disk: Disk) -> None:
    """Else every copy would seem to be gone, and the next one would lie on the database's own disk."""
    folder = Folder(disk.path, is_mounted=True)
    with folder.write("a/b") as file:
        file.write(b"kept")
    assert [each.name for each in folder.list()] == ["a/b"]
    disk.unmount()
    for act in (
        lambda: [*folder.list()],
        lambda: folder.read("a/b").__enter__(),
        lambda: folder.write("a/c").__enter__(),
        lambda: folder.delete("a/b"),
        lambda: folder.sweep(datetime.now(UTC)),
    ):
        with pytest.raises(StorageAway, match=f"{disk.path} isn't mounted"):
            act()
    assert [*disk.point.iterdir()] == []


def test_a_mounted_disks_folder_that_isnt_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageAway, match="The storage refuses: No such file or directory"):
        [*Folder(tmp_path / "gone", is_mounted=True).list()]
