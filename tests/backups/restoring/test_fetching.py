"""What is restored is what was verified, whatever Mallory puts into the storage while it goes on or waits."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from audit.models import Alarm
from backups.exceptions import BackupError, CopyDamaged, MachineFailed, StorageAway
from backups.keeping.verifying import verify
from backups.pipeline import open_from, seal_into
from backups.programs import environment_for
from backups.restoring import asking, catalog_copy, fetching, loading
from backups.restoring.carrying import carry
from backups.restoring.progress import progress_of
from backups.restoring.tasks import look_after_restores
from backups.storage.folder import Folder
from backups.taking import DUMP
from tenants.binding import CATALOG, bound_to
from tenants.models import Step
from tests.backups.conftest import identity_of
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.dying import killed_at
from tests.lifecycle.looking import databases, superuser
from tests.support.disks import small_disk

TABLE = re.compile(rb"CREATE TABLE public\.contacts_contact \(.*?\);\n", re.DOTALL)
ATTACK = b"RESET ROLE; CREATE ROLE mallory_was_here; COMMIT;"


@pytest.fixture
def storage(kept: Kept, tmp_path: Path) -> Iterator[Folder]:
    """The copy in a storage of the test's own, and a spool of its own."""
    shutil.copytree(kept.folder, tmp_path / "copies")
    ours = {"AMANA_BACKUP_STORE": f"file://{tmp_path}/copies", "AMANA_RESTORE_DIR": tmp_path / "spool"}
    with override_settings(**ours):
        yield Folder(tmp_path / "copies")
    verify(kept.backup)
    with superuser() as connection:
        connection.execute("DROP ROLE IF EXISTS mallory_was_here")


def forge(kept: Kept, storage: Folder) -> None:
    """A dump that opens and reads like the true one, and makes a role as whoever restores it."""
    name, opened = f"{kept.backup.folder}/{DUMP}", io.BytesIO()
    with storage.read(name) as file:
        open_from(file, opened, identity_of(kept.tenant))
    changed, number = TABLE.subn(lambda found: ATTACK.ljust(len(found[0])), opened.getvalue(), count=1)
    assert number == 1
    storage.delete(name)
    seal_into(storage, name, io.BytesIO(changed), kept.backup.manifest["recipient"])


def mallory_was_here() -> bool:
    with superuser() as connection:
        query = "SELECT FROM pg_roles WHERE rolname = 'mallory_was_here'"
        return connection.execute(query).fetchone() is not None


def spool() -> list[str]:
    return [folder.name for folder in fetching.spools().iterdir()]


def test_what_changes_after_it_was_verified_is_not_what_is_restored(kept: Kept, storage: Folder) -> None:
    operation = kept.begun()

    def mallory(step: Step) -> None:
        if step.position == 0:
            forge(kept, storage)

    carry(operation.pk, mallory)

    restore = kept.restore(operation)
    assert (restore.state, restore.comparison["differences"]) == ("ready", [])
    assert not mallory_was_here()
    assert spool() == []


def test_what_changes_before_another_try_is_verified_again(kept: Kept, storage: Folder) -> None:
    operation = kept.begun()

    def full_disk(step: Step) -> None:
        if step.position == 2:
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        carry(operation.pk, full_disk)
    restore = kept.restore(operation)
    assert (restore.state, spool()) == ("failed", [])
    forge(kept, storage)
    with bound_to(CATALOG):
        again = asking.begin(restore, "operator:oscar")

    with pytest.raises(CopyDamaged):
        carry(again.pk)

    assert kept.restore(again).state == "failed"
    assert restore.new_database not in databases()
    assert not mallory_was_here()
    assert spool() == []


def test_what_changes_after_its_worker_was_killed_is_verified_again(kept: Kept, storage: Folder) -> None:
    operation = kept.begun()
    killed_at("after", "create_role", operation.pk)
    forge(kept, storage)
    with pytest.raises(CopyDamaged):
        carry(operation.pk)
    restore = kept.restore(operation)
    assert restore.state == "failed"
    assert restore.new_database not in databases()
    assert not mallory_was_here()
    look_after_restores()
    assert spool() == []


def test_a_catalog_is_not_emptied_for_a_copy_that_was_changed(
    kept: Kept, storage: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The living catalog is what it would be loaded into: it is out of reach here."""
    emptied: list[bool] = []
    monkeypatch.setattr(catalog_copy, "_empty_catalog", lambda: emptied.append(True))
    monkeypatch.setattr(catalog_copy, "load", lambda *_: emptied.append(True))
    forge(kept, storage)
    with pytest.raises(CopyDamaged):
        catalog_copy.load_catalog(kept.backup.manifest, identity_of(kept.tenant))
    assert emptied == []
    assert spool() == []


def test_what_a_killed_worker_had_fetched_goes(kept: Kept, storage: Folder) -> None:
    left = fetching.spools() / f"{kept.agreed().pk}-12345678"
    at_work = fetching.spools() / "catalog-12345678"
    for folder in (left, at_work):
        folder.mkdir()
        (folder / DUMP).write_bytes(b"still encrypted")

    look_after_restores()

    assert spool() == [at_work.name]


def test_a_copy_without_room_for_it_is_refused_in_words(kept: Kept, storage: Folder) -> None:
    manifest = {**kept.backup.manifest, "objects": {DUMP: {"bytes": 10**18}}}
    with pytest.raises(BackupError, match="make room"), fetching.fetched_of_catalog(manifest):
        pass
    assert spool() == []


def test_what_stands_in_a_row_is_not_in_a_programs_last_words() -> None:
    query = ["--command", "SELECT 'Zanzibar Spice Ltd'::integer"]
    environment = environment_for(os.environ["AMANA_SUPERUSER_URL"])
    with pytest.raises(BackupError, match="invalid input syntax for type integer: …") as caught:
        loading._fed("psql", query, environment, lambda _: None)
    assert "Zanzibar" not in str(caught.value)


def test_a_storage_that_is_away_is_told_of_and_waited_for(kept: Kept, storage: Folder) -> None:
    """Its disk isn't mounted: no copy is damaged, and nobody has to begin anew."""
    operation = kept.begun()
    with override_settings(AMANA_BACKUP_STORE_IS_REMOTE=True):
        with pytest.raises(StorageAway, match="isn't mounted"):
            carry(operation.pk)
        look_after_restores()
    restore = kept.restore(operation)
    assert (restore.state, restore.new_database, restore.backup.damage) == ("failed", "", "")
    assert (spool(), reading_alarms()) == ([], 1)
    with bound_to(CATALOG):
        progress = progress_of(restore, may_retry=True)
    assert progress
    assert progress.failure_words.startswith("The storage is away. It is tried again each minute")

    look_after_restores()

    restore = kept.restore(operation)
    assert (restore.state, restore.error) == ("ready", "")
    assert (spool(), reading_alarms()) == ([], 0)


def reading_alarms() -> int:
    with bound_to(CATALOG):
        return Alarm.objects.filter(kind="reading", closed_at=None).count()


def test_a_disk_of_our_own_that_is_full_is_not_taken_for_the_storage(kept: Kept, storage: Folder) -> None:
    """Somebody else has filled it since there was room."""
    operation = kept.begun()
    needed = sum(fetching._sizes(kept.backup.manifest).values())
    with (
        small_disk(Path(storage.root).parent / "mnt", f"{needed // 4096 * 4 + 4}k") as disk,
        override_settings(AMANA_RESTORE_DIR=disk.path),
    ):
        with pytest.raises(MachineFailed, match=r"^The restore worker's disk is full\.$"):
            carry(operation.pk)
        assert [*disk.path.iterdir()] == []
    restore = kept.restore(operation)
    assert (restore.state, restore.storage_away_since, restore.backup.damage) == ("failed", None, "")
    assert reading_alarms() == 0
