"""The commands say how it stands in words, as JSON, and by an exit code that a cron job can trust."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from backups.keeping.holding import hold
from backups.models import Backup
from backups.storage.folder import Folder
from backups.taking import DUMP, take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.keeping.copies_in_rows import copy_of, now, there
from tests.support import fleet
from tests.support.command_line import Said, manage, ours, without_secrets
from tests.support.seaweed import SECRETS, Seaweed

Run = Callable[..., Said]


@pytest.fixture
def hooli(new_tenant: Callable[..., Tenant], store: Folder) -> Tenant:
    return new_tenant(name="Hooli")


@pytest.fixture
def run(store: Folder) -> Run:
    return lambda *words: manage(*words, environment=ours() | {"AMANA_BACKUP_STORE": f"file://{store.root}"})


def taken(tenant: Tenant) -> Backup:
    backup = claimed(tenant)
    take(backup)
    return backup


def test_verify_backup_says_good_damaged_and_unknown_by_its_exit_code(
    hooli: Tenant, store: Folder, run: Run
) -> None:
    backup = taken(hooli)
    said = run("verify_backup", "--tenant", hooli.slug)
    assert (said.code, said.error) == (0, "")
    assert said.lines[0] == f"{hooli.slug} {backup.name}: reading {DUMP}"
    assert said.lines[-1].startswith(f"{hooli.slug} {backup.name}: good, ")
    assert now(backup).condition == "verified"

    path = store.root / backup.folder / DUMP
    path.write_bytes(path.read_bytes()[:-1])
    said = run("verify_backup", "--id", str(backup.pk), "--json")
    assert said.code == 1
    assert said.error.strip().endswith(f"Damaged: {hooli.slug} {backup.name}.")
    assert said.error.startswith(f"{hooli.slug} {backup.name}: reading {DUMP}\n")
    [result] = json.loads(said.output)
    assert (result["id"], result["outcome"]) == (str(backup.pk), "damaged")
    assert result["error"].startswith(f"{backup.folder}/{DUMP} has ")


@pytest.mark.slow
def test_copies_of_a_closed_tenant_are_found_by_its_short_name_and_nothing_else_of_it(
    hooli: Tenant, run: Run
) -> None:
    backup = taken(hooli)
    hold(backup, timezone.now() + timedelta(days=9), "Case 7/2026", "operator:oscar@amana.example")
    fleet.close(hooli)
    said = run("backups", "--tenant", hooli.slug, "--json")
    assert (said.code, said.error) == (0, "")
    assert [each["copy"] for each in json.loads(said.output)["copies"]] == [backup.name]
    assert run("verify_backup", "--tenant", hooli.slug).code == 0
    said = run("expire_backups", "--tenant", hooli.slug, "--dry-run")
    assert (said.code, hooli.slug in said.output) == (0, False)
    assert run("recovery_keys", "--tenant", hooli.slug).lines[0].startswith(f"{hooli.slug} ")
    for command in ("backup_now", "drill", "check_isolation", "rotate_recovery_keys"):
        said = run(command, "--tenant", hooli.slug)
        assert (said.code, said.output) == (2, "")
        assert f"There is no tenant “{hooli.slug}”" in said.error


@pytest.mark.slow
def test_verify_backup_without_copies_or_a_choice_isnt_good(hooli: Tenant, run: Run) -> None:
    said = run("verify_backup", "--tenant", hooli.slug)
    assert (said.code, said.output) == (2, "")
    assert "There is no such copy in the storage." in said.error
    said = run("verify_backup")
    assert (said.code, said.output) == (2, "")
    assert "Say which: --id, --tenant, --catalog or --all." in said.error


@pytest.mark.slow
def test_verify_backup_where_the_storage_is_away_or_the_credential_isnt_doesnt_know(
    hooli: Tenant, store: Folder, weed: Seaweed, tmp_path: Path
) -> None:
    backup = copy_of(hooli, store, 1)
    environment = without_secrets() | {"AMANA_BACKUP_STORE": weed.url(tmp_path.name)}
    environment.pop("AMANA_STORE_READER", None)
    said = manage("verify_backup", "--tenant", hooli.slug, environment=environment)
    assert said.code == 2
    assert "This process doesn't hold AMANA_STORE_READER" in said.output
    away = {"AMANA_BACKUP_STORE": weed.url(tmp_path.name, "http://127.0.0.1:9")}
    environment |= away | {"AMANA_STORE_READER": f"reader:{SECRETS['reader']}"}
    said = manage("verify_backup", "--tenant", hooli.slug, environment=environment)
    assert said.code == 2
    assert "The storage doesn't answer: Could not connect" in said.output
    assert now(backup).damage == ""


def test_backups_lists_copies_and_what_the_storage_holds_besides(
    hooli: Tenant, store: Folder, run: Run
) -> None:
    good, damaged = copy_of(hooli, store, 1), copy_of(hooli, store, 2, damage="truncated")
    orphan = f"{hooli.schema_name}/20260101T010000Z-daily-0123abcd-1"
    with store.write(f"{orphan}/database.dump.zst.age") as file:
        file.write(b"x")
    os.utime(store.root / orphan / "database.dump.zst.age", (0, 0))
    said = run("backups", "--tenant", hooli.slug, "--json")
    found = json.loads(said.output)
    assert (said.code, found["damaged"]) == (1, [f"{hooli.slug} {damaged.name}"])
    assert said.error.strip().endswith(f"Damaged: {hooli.slug} {damaged.name}.")
    assert [(each["id"], each["condition"]) for each in found["copies"]] == [
        (str(good.pk), "stored"),
        (str(damaged.pk), "damaged"),
    ]
    assert found["copies"][0]["age_hours"] == 24.0
    assert (found["without_a_good_copy"], found["orphans"]) == ([], [orphan])
    assert there(store, good)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=good.pk).update(damage="truncated")
    said = run("backups", "--tenant", hooli.slug)
    assert said.code == 1
    assert f"Without a good copy: {hooli.slug}. Damaged: {hooli.slug} " in said.error
    assert f"orphans: {orphan}" in said.lines


def test_backups_ends_well_where_all_is_well_and_says_when_the_next_is_due(
    hooli: Tenant, store: Folder, run: Run
) -> None:
    copy_of(hooli, store, 1)
    said = run("backups", "--tenant", hooli.slug, "--json")
    found = json.loads(said.output)
    assert (said.code, found["stale"], found["undrilled"], found["gone"]) == (0, [], [], [])
    due = datetime.fromisoformat(found["next_due"])
    assert timezone.now() < due < timezone.now() + timedelta(days=1)


@pytest.mark.slow
def test_backups_fails_where_the_newest_copy_is_old_its_objects_are_gone_or_the_storage_is_away(
    hooli: Tenant, store: Folder, run: Run
) -> None:
    old = copy_of(hooli, store, 31)
    said = run("backups", "--tenant", hooli.slug, "--json")
    found = json.loads(said.output)
    assert (said.code, found["stale"], found["undrilled"]) == (1, [hooli.slug], [hooli.slug])
    assert f"The newest good copy is too old: {hooli.slug}." in said.error

    fresh = copy_of(hooli, store, 0.5)
    store.delete(f"{fresh.folder}/manifest.sig")
    said = run("backups", "--tenant", hooli.slug, "--json")
    assert (said.code, json.loads(said.output)["gone"]) == (1, [str(fresh.pk)])
    assert f"Objects are gone: {fresh.pk}." in said.error

    away = {
        "AMANA_BACKUP_STORE": "s3://copies/x?endpoint=http://127.0.0.1:9",
        "AMANA_STORE_READER": "reader:x",
    }
    said = manage("backups", "--tenant", hooli.slug, environment=ours() | away)
    assert said.code == 2
    assert "The storage can't be looked at: " in said.error
    assert there_are(old, fresh)


def there_are(*backups: Backup) -> bool:
    return all(now(each).is_stored and not now(each).damage for each in backups)


def test_expire_backups_removes_and_says_what_it_kept(hooli: Tenant, store: Folder, run: Run) -> None:
    last, old = copy_of(hooli, store, 35), copy_of(hooli, store, 40)
    said = run("expire_backups", "--tenant", hooli.slug, "--dry-run", "--json")
    found = json.loads(said.output)
    assert (said.code, found["dry_run"]) == (0, True)
    assert said.error.splitlines()[-2] == f"{hooli.slug} {old.name} would go."
    assert [each["id"] for each in found["removed"]] == [str(old.pk)]
    assert [(each["id"], each["why"]) for each in found["kept"]] == [
        (str(last.pk), "It is the last good copy: take another one and verify it first.")
    ]
    assert there(store, old)
    said = run("expire_backups", "--tenant", hooli.slug)
    assert (said.code, said.lines[-1]) == (0, "1 removed, 1 kept.")
    assert (there(store, old), there(store, last)) == (False, True)
