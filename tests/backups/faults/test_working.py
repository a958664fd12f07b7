"""What a worker makes of a copy that can't be taken: tried again, given up in words, or put back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.models import Backup
from backups.programs import major_version
from backups.scheduling.claiming import claim
from backups.scheduling.working import carry_out, work
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.faults.conftest import a_worker, alarms, manifests, now, wish_for
from tests.support import fleet

pytestmark = pytest.mark.usefixtures("wishes", "impatient")


@pytest.fixture
def broken(tmp_path: Path, settings: Settings) -> Path:
    """A pg_dump that fails in words."""
    return a_pg_dump(tmp_path, settings, 'echo "no room in the lifeboat" >&2; exit 3')


def a_pg_dump(tmp_path: Path, settings: Settings, says: str, version: str = "18.0") -> Path:
    script = tmp_path / "bin" / "pg_dump"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/bash\nif [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) {version}"; exit; fi\n{says}\n'
    )
    script.chmod(0o755)
    settings.AMANA_PG_BIN = str(script.parent)
    return script


def test_what_is_due_is_taken_and_noted(big: Tenant, store: Folder) -> None:
    copies = [wish_for(big), wish_for(None, "daily")]
    assert work() is False
    assert [now(copy).state for copy in copies] == ["done", "done"]
    assert len(manifests(store)) == 2
    assert alarms() == []


def test_a_failure_is_kept_in_words_and_tried_again(big: Tenant, store: Folder, broken: Path) -> None:
    copy = wish_for(big)
    claimed = claim()
    assert claimed
    carry_out(claimed)
    left = now(copy)
    assert (left.state, left.attempt) == ("waiting", 1)
    assert left.error == "pg_dump ended with 3: no room in the lifeboat."
    assert alarms() == []

    broken.unlink()
    work()
    assert (now(copy).state, now(copy).attempt, now(copy).error) == ("done", 2, "")


def test_each_break_is_longer_than_the_last(
    big: Tenant, store: Folder, broken: Path, settings: Settings
) -> None:
    settings.AMANA_BACKUP_RETRY_SECONDS = 100.0
    copy = wish_for(big)
    breaks = []
    for _ in range(3):
        with bound_to(CATALOG):
            Backup.objects.update(next_try_at=timezone.now())
        claimed = claim()
        assert claimed
        carry_out(claimed)
        breaks.append((now(copy).next_try_at - timezone.now()).total_seconds())
    for found, expected in zip(breaks, (100, 200, 400), strict=True):
        assert expected * 0.7 < found < expected * 1.3


def test_after_so_many_attempts_it_has_failed_and_somebody_is_told(
    big: Tenant, store: Folder, broken: Path, settings: Settings
) -> None:
    settings.AMANA_BACKUP_ATTEMPTS = 3
    copy = wish_for(big)
    work()
    assert (now(copy).state, now(copy).attempt) == ("failed", 3)
    assert alarms() == [("failed", big.schema_name, True)]
    with bound_to(CATALOG):
        says = Alarm.objects.get().says
    assert says == f"The manual copy of {big.slug} failed for good at attempt 3 (DumpFailed)."
    assert manifests(store) == []

    broken.unlink()
    wish_for(big)
    work()
    assert alarms() == [("failed", big.schema_name, False)]


def test_while_the_storage_is_away_copies_wait_and_none_fails(
    big: Tenant, tmp_path: Path, settings: Settings
) -> None:
    settings.AMANA_BACKUP_ATTEMPTS = 2
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/no-folder/backups"
    (tmp_path / "no-folder").write_text("in the way")
    copy = wish_for(big)
    for _ in range(5):
        claimed = claim()
        assert claimed
        carry_out(claimed)
        assert now(copy).state == "waiting"
    assert now(copy).error.startswith("The storage refuses: ")
    assert alarms() == [("storage", "", True)]

    (tmp_path / "no-folder").unlink()
    work()
    assert now(copy).state == "done"
    assert alarms() == [("storage", "", False)]


def test_a_storage_that_is_away_for_a_day_is_a_failure(
    big: Tenant, tmp_path: Path, settings: Settings
) -> None:
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/no-folder/backups"
    (tmp_path / "no-folder").write_text("in the way")
    copy = wish_for(big)
    with bound_to(CATALOG):
        Backup.objects.update(due=timezone.now() - timedelta(hours=25))
    work()
    assert now(copy).state == "failed"
    assert {kind for kind, _, _ in alarms()} == {"failed", "storage"}


def test_an_older_pg_dump_is_refused_in_words_at_once(
    big: Tenant, store: Folder, tmp_path: Path, settings: Settings
) -> None:
    a_pg_dump(tmp_path, settings, "exit 3", version="9.6.24")
    major_version.cache_clear()
    copy = wish_for(big)
    work()
    major_version.cache_clear()
    assert now(copy).state == "failed"
    assert now(copy).error.startswith("pg_dump is of PostgreSQL 9, the server of ")
    assert alarms() == [("failed", big.schema_name, True)]


def test_a_catalog_that_points_at_another_tenants_database_is_refused(
    big: Tenant, new_tenant: Callable[..., Tenant], store: Folder
) -> None:
    globex = new_tenant(name="Globex")
    names = (big.schema_name, globex.schema_name)
    copy = wish_for(big)
    try:
        with bound_to(CATALOG):
            Tenant.objects.filter(pk=globex.pk).update(schema_name="t_elsewhere")
            Tenant.objects.filter(pk=big.pk).update(schema_name=names[1])
        work()
    finally:
        with bound_to(CATALOG):
            Tenant.objects.filter(pk=big.pk).update(schema_name=names[0])
            Tenant.objects.filter(pk=globex.pk).update(schema_name=names[1])
    assert now(copy).state == "failed"
    assert "does not prove to be the database" in now(copy).error
    assert [*store.list()] == []


def test_one_that_was_closed_before_its_turn_ends_without_an_alarm(
    new_tenant: Callable[..., Tenant], store: Folder
) -> None:
    globex = new_tenant(name="Globex")
    copy = wish_for(globex)
    fleet.close(globex)
    work()
    assert (now(copy).state, now(copy).error) == ("failed", "It was closed.")
    assert alarms() == []


def test_workers_that_die_of_it_again_and_again_are_not_sent_on(
    big: Tenant, store: Folder, settings: Settings
) -> None:
    settings.AMANA_BACKUP_ATTEMPTS = 2
    copy = wish_for(big)
    for _ in range(2):
        assert claim()
        with bound_to(CATALOG):
            Backup.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert (now(copy).state, now(copy).error) == ("failed", "Its worker died in the middle, 2 times.")
    assert alarms() == [("failed", big.schema_name, True)]


def test_who_lost_its_lease_leaves_without_a_trace(big: Tenant, store: Folder) -> None:
    copy = wish_for(big)
    lost = claim()
    with bound_to(CATALOG):
        Backup.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    held = claim()
    assert lost
    assert held
    carry_out(lost)
    assert (now(copy).state, now(copy).token, now(copy).folder, now(copy).error) == ("running", 2, "", "")
    carry_out(held)
    assert now(copy).state == "done"
    assert manifests(store) == [f"{now(copy).folder}/manifest.json"]


def test_four_workers_at_once_take_each_copy_once(
    big: Tenant, store: Folder, settings: Settings, new_tenant: Callable[..., Tenant]
) -> None:
    settings.AMANA_BACKUPS_PER_SERVER = settings.AMANA_BACKUPS_AT_ONCE = 10
    copies = [wish_for(big), wish_for(None), wish_for(new_tenant())]
    workers = [a_worker() for _ in range(4)]
    for each in workers:
        each.join()
    assert [(now(copy).state, now(copy).token) for copy in copies] == [("done", 1)] * 3
    assert len(manifests(store)) == 3
