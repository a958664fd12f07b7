"""A restore whose comparison fails names the table, and its copy counts no more; a machine's trouble is its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from psycopg import Error
from pytest_django import Settings

from audit.models import Alarm
from audit.reading import read
from backups.alarming.watching import watch
from backups.drilling.running import run_next
from backups.exceptions import NotWhatWasCopied, RestoreRefused
from backups.models import Backup, Drill
from backups.restoring import asking
from backups.restoring.carrying import carry
from backups.storage.folder import Folder
from backups.taking import FILES
from backups.tenant_files import folder_of
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Step
from tests.backups.drilling.conftest import last_of, wanted
from tests.backups.drilling.forging import alter
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import superuser

SPOIL = b"""
    ALTER TABLE public.contacts_contact DISABLE TRIGGER ALL;
    UPDATE public.contacts_contact SET name = 'Zanzibar Spice Lte' WHERE name = 'Zanzibar Spice Ltd';
    ALTER TABLE public.contacts_contact ENABLE TRIGGER ALL"""
LOADED = 3  # the position of the step that has filled the database
OTHER_CONTENT = "public.contacts_contact has as many rows, and other content"


@pytest.fixture
def storage(kept: Kept, tmp_path: Path, settings: Settings) -> Iterator[Folder]:
    """The copy in a storage of the test's own, verified and drilled; good again afterwards."""
    shutil.copytree(kept.folder, tmp_path / "copies")
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/copies"
    settings.AMANA_DRILL_DIR = tmp_path / "drills"
    now = timezone.now()
    good = {"manifest": kept.backup.manifest, "damage": "", "verified_at": now, "drilled_at": now}
    with bound_to(CATALOG):
        copy = Backup.objects.filter(pk=kept.backup.pk)
        copy.update(**good)
    yield Folder(tmp_path / "copies")
    with bound_to(CATALOG):
        copy.update(**good)
        Drill.objects.filter(backup=kept.backup).delete()
        Alarm.objects.filter(kind="damaged").delete()


def now(kept: Kept) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=kept.backup.pk)
    return found


def alarmed() -> list[str]:
    with bound_to(CATALOG):
        watch()
        return [*Alarm.objects.filter(kind="damaged", closed_at=None).values_list("says", flat=True)]


def once_loaded(
    kept: Kept, operation: Operation, statement: bytes, database: str = ""
) -> Callable[[Step], None]:
    """Somebody, or a bad disk, does that to what was restored before it is compared; `{}` is its name."""

    def do(step: Step) -> None:
        if step.position == LOADED:
            name = kept.restore(operation).new_database
            with superuser(database or name) as connection:
                connection.execute(statement.replace(b"{}", name.encode()))

    return do


def spoilt_while_restored(kept: Kept) -> Operation:
    operation = kept.begun()
    with pytest.raises(NotWhatWasCopied, match=f"isn't what was copied: {OTHER_CONTENT}"):
        carry(operation.pk, once_loaded(kept, operation, SPOIL))
    return operation


def test_one_changed_byte_in_what_was_restored_names_the_table_and_the_copy_counts_no_more(
    kept: Kept, storage: Folder
) -> None:
    operation = spoilt_while_restored(kept)

    restore, copy = kept.restore(operation), now(kept)
    assert restore.state == "failed"
    assert restore.comparison["differences"] == [OTHER_CONTENT]
    assert copy.damage == f"In a restore: {OTHER_CONTENT}."
    assert (copy.condition, copy.drilled_at) == ("damaged", None)
    assert alarmed() == [f"A stored copy of {kept.tenant.slug} is damaged: its page says how."]
    with bound_to(CATALOG):
        assert not Backup.objects.good().filter(pk=copy.pk).exists()
        noted = next(each for each in read(action="backups.verified") if each.outcome == "failed")
        with pytest.raises(RestoreRefused, match="found to be damaged since"):
            asking.begin(restore, "operator:oscar")
    assert (noted.details["why"], noted.details["copy"]) == (f"{OTHER_CONTENT}.", copy.name)
    assert kept.restore(operation).state == "failed"


@pytest.mark.slow
def test_a_drill_that_passes_acquits_it_and_another_try_loads_it_anew(kept: Kept, storage: Folder) -> None:
    operation = spoilt_while_restored(kept)
    wanted(now(kept))
    run_next()
    assert last_of(kept.backup).outcome == "passed"
    assert (now(kept).damage, now(kept).condition, alarmed()) == ("", "drilled", [])

    with bound_to(CATALOG):
        again = asking.begin(kept.restore(operation), "operator:oscar")
    carry(again.pk)

    restore = kept.restore(operation)
    assert (restore.state, restore.comparison["differences"]) == ("ready", [])


@pytest.mark.slow
def test_a_forged_copy_whose_manifest_is_right_for_its_bytes_is_found_out(
    kept: Kept, storage: Folder
) -> None:
    alter(
        kept.backup, storage, lambda dump: dump.replace(b"\tZanzibar Spice Ltd\t", b"\tZanzibar Spice Lte\t")
    )
    operation = kept.begun()
    with pytest.raises(NotWhatWasCopied, match=OTHER_CONTENT):
        carry(operation.pk)
    assert now(kept).damage == f"In a restore: {OTHER_CONTENT}."
    assert kept.restore(operation).state == "failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda tar: tar.replace(b"signed", b"forged"), "Its files aren't those that were copied."),
        (lambda tar: b"no tar at all" * 1000, "The files can't be unpacked: ReadError."),
    ],
)
def test_forged_files_are_found_out_and_none_is_left(
    kept: Kept, storage: Folder, change: Callable[[bytes], bytes], found: str
) -> None:
    alter(kept.backup, storage, change, FILES)
    operation = kept.begun()
    with pytest.raises(NotWhatWasCopied, match="files that were restored"):
        carry(operation.pk)
    restore = kept.restore(operation)
    assert now(kept).damage == f"In a restore: {found}"
    assert not folder_of(kept.fresh().place).with_name(restore.new_database).exists()


def test_a_server_that_lets_nobody_in_to_compare_accuses_no_copy(kept: Kept, storage: Folder) -> None:
    before = now(kept)
    operation = kept.begun()
    shut = once_loaded(kept, operation, b'ALTER DATABASE "{}" ALLOW_CONNECTIONS false', "postgres")
    with pytest.raises(Error):
        carry(operation.pk, shut)
    assert kept.restore(operation).state == "failed"
    assert (now(kept).damage, now(kept).drilled_at, alarmed()) == ("", before.drilled_at, [])
