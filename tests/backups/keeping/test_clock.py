"""A clock that runs ahead ends no copy, hold, escrow, key or replaced database; nor does one round end many."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.exceptions import EndingRefused
from backups.keeping.expiring import expire, expire_what_can_be, would_expire
from backups.keeping.reconciling import reconcile, reconcile_what_can_be
from backups.models import Backup, RecoveryKey, Restore
from backups.recovery_keys.escrow import NAME, escrows, expire_escrows, folder, made_at
from backups.recovery_keys.rotating import destroy_unneeded, rotate_tenant_key
from backups.recovery_keys.tasks import tidy_recovery_keys
from backups.restoring.beside import drop_what_is_over
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.keeping.copies_in_rows import copy_of, now, there
from tests.keys.looking import key_store_itself

AHEAD = timedelta(days=120)


@pytest.fixture(autouse=True)
def alone(catalog: None, settings: Settings, tmp_path: Path) -> None:
    """No copies, alarms and escrows but the test's own."""
    settings.AMANA_ESCROW_DIR = tmp_path / "escrow"
    with bound_to(CATALOG):
        forget_copies()
        Alarm.objects.filter(kind="ending").delete()


def run_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of this process; the catalog's server has its own."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + AHEAD)


def standing() -> list[str]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(kind="ending", closed_at=None).values_list("says", flat=True)]


def test_copies_and_holds_dont_end_by_it_and_an_alarm_stands_until_it_is_right(
    acme: Tenant, store: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [copy_of(acme, store, days) for days in (1, 2, 3)]
    held = copy_of(acme, store, 60, hold_until=timezone.now() + timedelta(days=9))
    with monkeypatch.context() as patch:
        run_ahead(patch)
        with pytest.raises(EndingRefused, match=r"are 1036\d{4} seconds apart: nothing is ended"):
            expire()
        assert (expire_what_can_be().removed, now(held).is_held) == ([], True)
        [says] = standing()
        assert says.startswith("The clock here and that of the catalog's server are ")
    assert all(there(store, each) for each in [*copies, held])
    assert would_expire().removed == []
    assert len(standing()) == 1
    expire()
    assert standing() == []


def test_where_both_clocks_run_ahead_no_round_ends_them_all(acme: Tenant, store: Folder) -> None:
    """As it is where the catalog's server is this machine: then it is their number that gives it away."""
    newest = copy_of(acme, store, 100)
    copies = [copy_of(acme, store, 101 + number) for number in range(11)]
    says = "The time of 12 among 12 copies has come at once: none of them was removed."
    with pytest.raises(EndingRefused, match=says):
        expire()
    with pytest.raises(EndingRefused, match=says):
        expire(agreed=10)
    assert all(there(store, each) for each in copies)
    assert [each[: len(says)] for each in standing()] == [says]
    assert len(would_expire().removed) == 11
    assert len(expire(agreed=11).removed) == 11
    assert (there(store, newest), standing()) == (True, [])


def test_what_a_platform_ends_within_an_hour_is_no_reason_to_ask(acme: Tenant, store: Folder) -> None:
    copy_of(acme, store, 1)
    for number in range(10):
        copy_of(acme, store, 40 + number)
    assert len(expire().removed) == 10
    with bound_to(CATALOG):
        assert Backup.objects.stored().count() == 1


def test_no_escrow_of_recovery_keys_ends_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [escrow_made(hours) for hours in (60, 30, 1)]
    with monkeypatch.context() as patch:
        run_ahead(patch)
        with pytest.raises(EndingRefused):
            expire_escrows()
    assert escrows() == before
    assert len(standing()) == 1


def test_the_newest_escrow_ends_once_there_is_a_newer_one() -> None:
    older, newest = escrow_made(99), escrow_made(80)
    assert expire_escrows() == [older, newest]
    [made] = escrows()
    assert made_at(made) > timezone.now() - timedelta(minutes=5)


def test_no_recovery_key_is_destroyed_by_it_while_a_dump_may_still_be_made_to_it(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotated a moment ago: on a machine a day ahead the newer key looks a day old, and every lease run out."""
    with bound_to(CATALOG):
        rotate_tenant_key(acme)
        with monkeypatch.context() as patch:
            run_ahead(patch)
            with pytest.raises(EndingRefused, match="nothing is ended"):
                destroy_unneeded("beat")
            tidy_recovery_keys()
        keys = RecoveryKey.objects.usable().filter(tenant=acme)
        assert [key.version for key in keys] == [2, 1]
        assert len(standing()) == 1


def test_a_dump_whose_worker_was_silent_for_long_keeps_its_key(acme: Tenant) -> None:
    """It may be alive, and count after all."""
    with bound_to(CATALOG):
        newer = rotate_tenant_key(acme)
        RecoveryKey.objects.filter(pk=newer.pk).update(made_at=timezone.now() - timedelta(days=2))
        silent = Backup.objects.create(
            tenant=acme,
            tier="manual",
            state="running",
            lease_until=timezone.now() - timedelta(hours=1),
            key_version=1,
        )
        assert destroy_unneeded("beat") == []
        Backup.objects.filter(pk=silent.pk).update(state="failed")
        assert [key.version for key in destroy_unneeded("beat")] == [1]
    with key_store_itself() as connection:
        connection.execute("DELETE FROM certificate WHERE subject LIKE '%recovery key%'")


def test_nothing_that_an_attempt_writes_just_now_is_swept_by_it(
    acme: Tenant, store: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copy_of(acme, store, 1)
    half = store.root / copy.folder / "files.tar.zst.age.0a1b2c3d.partial"
    half.write_bytes(b"half")
    left = f"{copy.database}/20260101T010000Z-daily-0123abcd-7"
    with store.write(f"{left}/database.dump.zst.age") as file:
        file.write(b"age-encryption.org/v1")
    with monkeypatch.context() as patch:
        run_ahead(patch)
        with pytest.raises(EndingRefused):
            reconcile()
        reconcile_what_can_be()
        assert reconcile(only_say=True).orphans == []
    assert half.exists()
    assert [*store.list(f"{left}/")] != []
    assert len(standing()) == 1


def escrow_made(hours: float) -> Path:
    path = folder() / f"{datetime.now(UTC) - timedelta(hours=hours):{NAME}}"
    path.touch()
    return path


def test_no_replaced_database_is_dropped_by_it(
    acme: Tenant, store: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(CATALOG):
        restore = Restore.objects.create(
            tenant=acme,
            backup=copy_of(acme, store, 1),
            purpose="disaster",
            reason="x",
            requested_by="Alice",
            state="swapped",
            old_database="t_replaced",
            old_kept_until=timezone.now() + timedelta(days=7),
        )
    run_ahead(monkeypatch)
    assert drop_what_is_over() == 0
    with bound_to(CATALOG):
        assert Restore.objects.get(pk=restore.pk).old_database == "t_replaced"
    assert len(standing()) == 1
