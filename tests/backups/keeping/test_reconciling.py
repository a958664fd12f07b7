"""Storage and catalog say the same: what an attempt left goes, what is gone is said, and no copy is thrown away."""

import os
import shutil
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Alarm
from audit.reading import read
from backups.keeping.reconciling import reconcile, reconcile_what_can_be
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.keeping.conftest import Copies
from tests.backups.keeping.copies_in_rows import copy_of, now, there


def attempt(copies: Copies, days: float, name: str = "database.dump.zst.age", token: int = 7) -> str:
    """What a worker that was killed before its manifest has left, so many days ago."""
    folder = f"{copies.acme.database}/20260101T010000Z-daily-0123abcd-{token}"
    with copies.store.write(f"{folder}/{name}") as file:
        file.write(b"age-encryption.org/v1")
    made_older(copies, folder, days)
    return folder


def made_older(copies: Copies, folder: str, days: float) -> None:
    at = time.time() - days * 86400
    for path in (copies.root / folder).rglob("*"):
        os.utime(path, (at, at))


def names(copies: Copies, folder: str) -> list[str]:
    return [each.name for each in copies.store.list(f"{folder}/")]


def test_what_is_as_it_should_be_is_let_be(copies: Copies) -> None:
    before = [*copies.store.list()]
    found = reconcile()
    assert (found.orphans, found.unclaimed, found.unfinished) == ([], [], 0)
    assert {copies.acme, copies.older, copies.globex} & {*found.gone} == set()
    assert [*copies.store.list()] == before


def test_what_an_attempt_left_goes_a_day_later(copies: Copies) -> None:
    young, old = attempt(copies, 0.9, token=7), attempt(copies, 1.1, token=8)
    assert reconcile(only_say=True).orphans == [old]
    assert names(copies, old)
    heard: list[str] = []
    assert reconcile(tell=heard.append).orphans == [old]
    assert (names(copies, old), len(names(copies, young))) == ([], 1)
    assert f"{old} was left by an attempt: it is gone." in heard
    with bound_to(CATALOG):
        [event] = read(most=1, action="backups.swept")
    assert event.details == {"number": 1}


def test_what_failed_for_good_goes_too(copies: Copies) -> None:
    """A dump that was stored before its attempt ended badly: each night perhaps, of a customer that was closed."""
    old, young = attempt(copies, 2, token=7), attempt(copies, 0.5, token=8)
    with bound_to(CATALOG):
        for tier, folder in (("weekly", old), ("daily", young)):
            Backup.objects.create(tenant=copies.acme.tenant, tier=tier, state="failed", folder=folder)
    assert reconcile().orphans == [old]
    assert (names(copies, old), len(names(copies, young))) == ([], 1)


def test_what_failed_after_its_manifest_is_listed_and_stays(copies: Copies) -> None:
    """It may be the only whole copy of that night: a person decides."""
    made_older(copies, copies.globex.folder, 2)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.globex.pk).update(state="failed")
    found = reconcile()
    assert (found.orphans, found.unclaimed) == ([], [copies.globex.folder])
    assert len(names(copies, copies.globex.folder)) == 5


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_what_is_being_written_is_let_be_however_long_it_takes(copies: Copies, state: str) -> None:
    folder = attempt(copies, 3)
    with bound_to(CATALOG):
        Backup.objects.create(tenant=copies.acme.tenant, tier="weekly", state=state, folder=folder)
    assert reconcile().orphans == []
    assert names(copies, folder)


def test_a_half_written_file_goes_too(copies: Copies) -> None:
    path = copies.root / copies.acme.folder / "database.dump.zst.age.0a1b2c3d.partial"
    path.write_bytes(b"half")
    assert reconcile().unfinished == 0
    made_older(copies, copies.acme.folder, 2)
    assert reconcile().unfinished == 1
    assert not path.exists()


def test_the_copy_of_a_worker_that_had_lost_its_lease_goes(copies: Copies) -> None:
    """It was whole, and its row counts on the one that the next worker made."""
    other = copies.acme.folder[:-1] + "9"
    shutil.copytree(copies.root / copies.acme.folder, copies.root / other)
    made_older(copies, other, 2)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.acme.pk).update(folder=other)
    assert copies.acme.folder in _orphans_once_old(copies, copies.acme.folder)


def _orphans_once_old(copies: Copies, folder: str) -> list[str]:
    made_older(copies, folder, 2)
    return reconcile().orphans


def test_a_whole_copy_without_a_row_is_listed_and_never_removed(
    copies: Copies, caplog: pytest.LogCaptureFixture
) -> None:
    """As where the catalog was lost: it is the storage that is right."""
    made_older(copies, copies.globex.folder, 400)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.globex.pk).delete()
    assert reconcile().unclaimed == [copies.globex.folder]
    assert len(names(copies, copies.globex.folder)) == 5
    reconcile_what_can_be()
    assert f"Copies that the catalog doesn't know: {copies.globex.folder}" in caplog.text
    with bound_to(CATALOG):
        alarm = Alarm.objects.get(kind="unclaimed", closed_at=None)
    says = "Whole copies that no row tells of: 1. `./manage.py backups` lists them."
    assert (alarm.database, alarm.says) == ("", says)
    shutil.rmtree(copies.root / copies.globex.folder)
    reconcile_what_can_be()
    with bound_to(CATALOG):
        assert not Alarm.objects.filter(kind="unclaimed", closed_at=None).exists()


def test_a_copy_that_isnt_signed_by_us_isnt_thrown_away_either(copies: Copies) -> None:
    folder = attempt(copies, 30, name="manifest.json")
    assert reconcile().unclaimed == [folder]
    assert names(copies, folder) == [f"{folder}/manifest.json"]


def test_what_was_left_of_a_removed_copy_goes(copies: Copies) -> None:
    """Killed between the end of the copy and that of its objects."""
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.older.pk).update(removed_at=timezone.now())
    made_older(copies, copies.older.folder, 2)
    assert reconcile().orphans == [copies.older.folder]
    assert names(copies, copies.older.folder) == []
    assert len(names(copies, copies.acme.folder)) == 5


@pytest.mark.parametrize("name", ["manifest.json", "roles.sql", "database.dump.zst.age", ""])
def test_a_copy_whose_objects_are_gone_is_damaged_and_said_so(
    copies: Copies, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = copies.root / copies.acme.folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert [each for each in reconcile(only_say=True).gone if each == copies.acme] == [copies.acme]
    assert now(copies.acme).damage == ""
    assert copies.acme in reconcile().gone
    assert now(copies.acme).condition == "damaged"
    assert now(copies.acme).damage == f"In the storage: objects of {copies.acme.folder} are gone."
    assert f"Copy {copies.acme.pk} is damaged" in caplog.text
    assert now(copies.globex).damage == ""
    assert copies.acme not in reconcile().gone


def test_a_copy_that_was_finished_while_we_looked_isnt_missing(copies: Copies, globex: Tenant) -> None:
    copy = copy_of(globex, copies.store, 0, finished_at=timezone.now() + timedelta(minutes=1))
    shutil.rmtree(copies.root / copy.folder)
    assert copy not in reconcile().gone


def test_anchors_and_what_isnt_ours_are_let_be(copies: Copies) -> None:
    for name in ("anchors/t_1/000000000009.jsonl", "notes/readme.txt", "x", "t_1/not-a-copy/y"):
        with copies.store.write(name) as file:
            file.write(b"1")
        made_older(copies, name.partition("/")[0], 100)
    before = [each.name for each in copies.store.list()]
    found = reconcile()
    assert (found.orphans, found.unclaimed) == ([], [])
    assert [each.name for each in copies.store.list()] == before
    assert there(copies.store, copies.acme)
