"""A copy that opens and restores, and isn't what was there, fails; the table is named."""

import io
import tarfile

import pytest
from pytest_django import Settings

from backups.models import Backup
from backups.storage.folder import Folder
from backups.taking import FILES
from tenants.binding import CATALOG, bound_to
from tests.backups.drilling.conftest import Drilled, step
from tests.backups.drilling.forging import alter
from tests.backups.drilling.test_stored_wrong import failed_at, refreshed


def test_one_changed_byte_in_one_row_names_the_table(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    alter(copy, storage, lambda dump: dump.replace(b"\tZanzibar Spice Ltd\t", b"\tZanzibar Spice Lte\t"))
    drill = drilled(refreshed(copy))
    failed_at(drill, "content", "public.contacts_contact has as many rows, and other content.")
    assert step(drill, "restore").state == "passed"
    assert "Zanzibar" not in drill.signed_text


def test_a_sequence_that_stands_elsewhere(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    value = copy.manifest["content"]["audit.event_id"]["value"]
    said = b"setval('audit.event_id', %d, true)"
    alter(copy, storage, lambda dump: dump.replace(said % value, said % (value + 1)))
    says = f"audit.event_id stands at {value + 1} and not at {value}."
    failed_at(drilled(refreshed(copy)), "sequences", says)


def test_a_log_whose_anchors_are_gone(
    copy: Backup, settings: Settings, tmp_path: object, drilled: Drilled
) -> None:
    settings.AMANA_ANCHOR_DIR = tmp_path
    failed_at(drilled(copy), "seal", "Batch 1 is missing in the anchor file.")


def test_a_copy_of_newer_code(copy: Backup, settings: Settings, drilled: Drilled) -> None:
    settings.MIGRATION_MODULES = {"contacts": None}
    failed_at(drilled(copy), "migrations", "contacts.0001_initial is in the copy, and not in today's code.")


@pytest.mark.slow
def test_a_file_that_is_another_one(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    alter(copy, storage, lambda tar: tar.replace(b"signed", b"forged"), FILES)
    says = "1 files with 6 bytes came out; 1 with 6 and another digest went in."
    failed_at(drilled(refreshed(copy)), "files", says)


@pytest.mark.slow
def test_a_tar_that_leads_out_of_its_folder(copy: Backup, storage: Folder, drilled: Drilled) -> None:
    alter(copy, storage, lambda _: _leading_out(), FILES)
    failed_at(drilled(refreshed(copy)), "files", "The files can't be unpacked: OutsideDestinationError.")


@pytest.mark.slow
def test_a_copy_of_older_code_is_brought_up_to_today(
    copy: Backup, settings: Settings, drilled: Drilled
) -> None:
    settings.MIGRATION_MODULES = {"contacts": "tests.backups.drilling.newer"}
    drill = drilled(copy)
    assert drill.outcome == "passed"
    assert step(drill, "migrations").details["ran"] == 1


def test_too_slow_a_restore_misses_its_target(copy: Backup, settings: Settings, drilled: Drilled) -> None:
    settings.AMANA_RTO_SECONDS = 0.4
    drill = drilled(copy)
    assert drill.failed_step == "targets"
    assert drill.rto_seconds is not None
    assert drill.error == f"It took {drill.rto_seconds:.0f} seconds, and 0 were promised."
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=copy.pk).drilled_at is None


def _leading_out() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        entry = tarfile.TarInfo("../../out.txt")
        entry.size = 6
        tar.addfile(entry, io.BytesIO(b"signed"))
    return made.getvalue()
