"""What is wrong with the stored objects fails the drill at the step that is about it, in exact words."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.models import Backup, Drill, RecoveryKey
from backups.recovery_keys.wrapping import new_identity, wrap_identity
from backups.storage.folder import Folder
from backups.taking import DUMP, FILES, ROLES, take
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import Drilled, step
from tests.backups.drilling.forging import alter, encrypt_for_two
from tests.support import fleet


@pytest.fixture(scope="module")
def globex_copy(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[tuple[Backup, Path]]:
    tenant = fleet.provision(name="Globex")
    root = tmp_path_factory.mktemp("globex")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "AMANA_BACKUP_STORE", f"file://{root}")
        backup = claimed(tenant)
        take(backup)
    yield backup, root / backup.folder
    fleet.close(tenant)


@pytest.fixture
def key(copy: Backup) -> Iterator[RecoveryKey]:
    with bound_to(CATALOG):
        found = RecoveryKey.objects.get(tenant=copy.tenant)
        before = bytes(found.wrapped)
    yield found
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=found.pk).update(wrapped=before, destroyed_at=None)


def failed_at(drill: Drill, code: str, says: str) -> None:
    """There, with these words; nothing after it was reached, and everything is clean."""
    with bound_to(CATALOG):
        steps = [*drill.steps.all()]
    assert (drill.outcome, drill.failed_step, drill.error) == ("failed", code, says)
    assert (step(drill, code).state, step(drill, code).found) == ("failed", says)
    position = step(drill, code).position
    assert {each.state for each in steps if each.position < position} == {"passed"}
    assert {each.found for each in steps[position:-1]} == {"It wasn't reached."}
    assert steps[-1].state == "passed"
    assert drill.report["failed_step"] == code
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=drill.backup_id).drilled_at is None
        alarm = Alarm.objects.get(kind="drill", database=drill.backup.database, closed_at=None)
        alarm.delete()
    assert f"failed at the step {code}" in alarm.says


def test_a_flipped_bit(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    path = Path(storage.root) / copy.folder / DUMP
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    failed_at(drilled(copy), "hash", f"{DUMP} has as many bytes as it should, and another SHA-256.")


def test_a_truncated_object(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    path = Path(storage.root) / copy.folder / DUMP
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    failed_at(drilled(copy), "hash", f"{DUMP} has {size - 1} bytes and not {size}.")


def test_an_object_that_is_gone(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    storage.delete(f"{copy.folder}/{FILES}")
    failed_at(drilled(copy), "fetch", f"{copy.folder}/{FILES} isn't in the storage.")


def test_one_byte_of_what_a_superuser_would_run(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    """roles.sql is encrypted to nobody, and a restore by hand runs it before all else."""
    path = Path(storage.root) / copy.folder / ROLES
    path.write_bytes(path.read_bytes()[:-1] + b";")
    failed_at(drilled(copy), "hash", f"{ROLES} has as many bytes as it should, and another SHA-256.")


def test_no_roles_to_run(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    storage.delete(f"{copy.folder}/{ROLES}")
    failed_at(drilled(copy), "fetch", f"{copy.folder}/{ROLES} isn't in the storage.")


def test_an_object_that_was_made_huge_is_fetched_by_one_byte_more(
    copy: Backup, storage: Folder, drilled: Drilled
) -> None:
    """And one that nobody signed for isn't fetched: no disk of ours is filled by who writes into the storage."""
    whole = sum(path.stat().st_size for path in (Path(storage.root) / copy.folder).iterdir())
    with (Path(storage.root) / copy.folder / FILES).open("ab") as file:
        file.write(bytes(1_000_000))
    with storage.write(f"{copy.folder}/zzz") as file:
        file.write(bytes(1_000_000))
    drill = drilled(copy)
    size = copy.manifest["objects"][FILES]["bytes"]
    assert step(drill, "fetch").details == {"objects": 5, "bytes": whole + 1}
    failed_at(drill, "hash", f"{FILES} has more than {size} bytes.")


def test_another_tenants_object_under_this_ones_name(
    copy: Backup, storage: Folder, globex_copy: tuple[Backup, Path], drilled: Drilled
) -> None:
    theirs = globex_copy[1] / DUMP
    shutil.copy(theirs, Path(storage.root) / copy.folder / DUMP)
    size = copy.manifest["objects"][DUMP]["bytes"]
    drill = drilled(copy)
    assert drill.failed_step == "hash"
    assert drill.error in (
        f"{DUMP} has {theirs.stat().st_size} bytes and not {size}.",
        f"{DUMP} has more than {size} bytes.",
        f"{DUMP} has as many bytes as it should, and another SHA-256.",
    )


def test_another_tenants_whole_copy_under_this_ones_name(
    copy: Backup, storage: Folder, globex_copy: tuple[Backup, Path], drilled: Drilled
) -> None:
    folder = Path(storage.root) / copy.folder
    shutil.rmtree(folder)
    shutil.copytree(globex_copy[1], folder)
    says = f"The manifest in {copy.folder} is another backup's, or of another release."
    failed_at(drilled(copy), "signature", says)


def test_a_manifest_that_was_changed(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    path = Path(storage.root) / copy.folder / "manifest.json"
    path.write_text(path.read_text().replace('"rows": 2', '"rows": 3', 1))
    failed_at(drilled(copy), "signature", f"The manifest in {copy.folder} isn't as it was signed.")


def test_a_second_recipient(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    encrypt_for_two(copy, storage)
    failed_at(drilled(refreshed(copy)), "header", f"{DUMP} isn't an age file for one X25519 key.")


def test_another_recovery_key(copy: Backup, key: RecoveryKey, drilled: Drilled) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=wrap_identity(new_identity()[0]))
    failed_at(drilled(copy), "decrypt", "What is wrapped there isn't this key.")


def test_a_recovery_key_that_was_destroyed(copy: Backup, key: RecoveryKey, drilled: Drilled) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=b"", destroyed_at=timezone.now())
    says = "The recovery key of version 1 is gone: nobody can open this copy."
    failed_at(drilled(copy), "decrypt", says)


def test_a_drill_worker_with_another_key(copy: Backup, settings: Settings, drilled: Drilled) -> None:
    settings.AMANA_DRILL_KEY = new_identity()[0]
    drill = drilled(copy)
    assert drill.failed_step == "decrypt"
    assert drill.error == "The recovery key can't be unwrapped with what is held here."


def test_a_dump_that_was_cut_before_it_was_encrypted(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    alter(copy, storage, lambda dump: dump[: len(dump) * 3 // 4])
    drill = drilled(refreshed(copy))
    assert drill.failed_step == "parse"
    assert drill.error.startswith("pg_restore ended with 1: ")


def refreshed(backup: Backup) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=backup.pk)
    return found
