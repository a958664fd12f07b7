"""A pg_restore that is older than the pg_dump of a copy is refused in words, before anything is touched."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.drilling.running import run_next
from backups.exceptions import BackupRefused
from backups.models import Backup
from backups.programs import check_can_restore, major_version
from backups.restoring import asking, catalog_copy, fetching
from backups.restoring.carrying import carry
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import identity_of
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.restoring.conftest import Kept
from tests.backups.restoring.test_rotated_key import failed_at
from tests.lifecycle.looking import databases
from tests.support.programs import of_postgresql

OLD = re.compile(
    r"pg_restore is of PostgreSQL 15, and this copy was written by pg_dump of \d\d: install a newer one, and restart"
    r" this worker\."
)


DEBIAN = "15.14 (Debian 15.14-0+deb12u1)"


@pytest.fixture
def spools(tmp_path: Path, settings: Settings) -> None:
    settings.AMANA_RESTORE_DIR, settings.AMANA_DRILL_DIR = tmp_path / "restore", tmp_path / "drill"


@pytest.fixture
def older(spools: None, tmp_path: Path, settings: Settings) -> Iterator[None]:
    with of_postgresql(DEBIAN, "pg_restore", tmp_path, settings):
        yield


@pytest.mark.usefixtures("spools")
def test_a_restore_fetches_nothing_and_goes_on_once_there_is_a_newer_one(
    kept: Kept, tmp_path: Path, settings: Settings
) -> None:
    operation, there = kept.begun(), databases()
    with of_postgresql(DEBIAN, "pg_restore", tmp_path, settings), pytest.raises(BackupRefused, match=OLD):
        carry(operation.pk)
    restore = kept.restore(operation)
    assert OLD.fullmatch(restore.error)
    assert (restore.state, restore.new_database, databases()) == ("failed", "", there)
    assert failed_at(restore) == "Check the copy: signature, size and hash of every object"
    assert [*fetching.spools().iterdir()] == []
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=kept.backup.pk).damage == ""
        again = asking.begin(restore, "operator:oscar")
    carry(again.pk)
    assert kept.restore(again).state == "ready"


@pytest.mark.usefixtures("older")
def test_a_drill_empties_and_fetches_nothing_and_accuses_no_copy(kept: Kept) -> None:
    wanted(kept.backup)
    run_next()
    drill = last_of(kept.backup)
    assert (drill.outcome, drill.failed_step) == ("failed", "room")
    assert OLD.fullmatch(drill.error)
    assert [step(drill, code).state for code in ("fetch", "restore", "clean")] == [
        "skipped",
        "skipped",
        "passed",
    ]
    assert drill.report["pg_restore"] == 15
    with bound_to(CATALOG):
        copy = Backup.objects.get(pk=kept.backup.pk)
        assert (copy.damage, copy.drilled_at) == ("", None)


@pytest.mark.usefixtures("older")
def test_a_catalog_is_not_emptied_for_it(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The living catalog is what it would be loaded into: it is out of reach here."""
    touched: list[str] = []
    for name in ("_empty_catalog", "load", "fetched_of_catalog"):
        monkeypatch.setattr(catalog_copy, name, lambda *_, name=name: touched.append(name))
    with pytest.raises(BackupRefused, match=OLD):
        catalog_copy.load_catalog(kept.backup.manifest, identity_of(kept.tenant))
    assert touched == []


def test_one_that_is_newer_than_who_wrote_it_is_welcome() -> None:
    ours = major_version("pg_restore")
    for wrote in (16, ours - 1, ours):
        check_can_restore({"server": 16, "pg_dump": wrote})
    with pytest.raises(BackupRefused, match=f"written by pg_dump of {ours + 1}"):
        check_can_restore({"server": 16, "pg_dump": ours + 1})
