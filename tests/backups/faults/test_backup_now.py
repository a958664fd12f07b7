"""backup_now, as a cron job and an operator run it: without the backup's credential, and with exit codes to trust."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from backups.models import Backup
from backups.scheduling.asking import ask_for_copy
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.faults.conftest import alarms
from tests.jobs.workers import worker
from tests.support.command_line import Said, manage, without_secrets

pytestmark = pytest.mark.usefixtures("wishes")


def backup_now(*arguments: str, **more: str) -> Said:
    environment = without_secrets() | {"DJANGO_SETTINGS_MODULE": "tests.backups.impatient"} | more
    return manage("backup_now", *arguments, environment=environment)


@pytest.fixture
def storage_folder(store: Folder) -> Path:
    return store.root


@pytest.fixture
def listening(storage_folder: Path) -> Iterator[None]:
    told = {"AMANA_BACKUP_STORE": settings.AMANA_BACKUP_STORE}
    with worker(queues="backup", settings_module="tests.backups.impatient", environment=told):
        yield


def wishes() -> list[tuple[str, str, str]]:
    with bound_to(CATALOG):
        return [
            (each.tenant.slug if each.tenant else "", each.tier, each.state)
            for each in Backup.objects.select_related("tenant")
        ]


def test_it_ends_well_once_the_copy_is_stored_and_badly_once_one_has_failed(
    big: Tenant, listening: None, storage_folder: Path
) -> None:
    said = backup_now("--tenant", big.slug)
    assert (said.code, said.error) == (0, "")
    assert said.lines[-2].startswith(f"{big.slug}: stored, ")
    assert said.lines[-1] == "1 of 1 copies are stored."
    assert wishes() == [(big.slug, "manual", "done")]

    said = backup_now("--catalog", "--json")
    [copy] = json.loads(said.output)
    assert said.code == 0
    assert (copy["tenant"], copy["state"], copy["attempts"], copy["error"]) == (None, "done", 1, "")
    assert copy["stored_bytes"] > 0
    assert "the catalog: stored, " in said.error

    with bound_to(CATALOG):
        big.recovery_keys.update(destroyed_at=timezone.now())
    said = backup_now("--tenant", big.slug)
    with bound_to(CATALOG):
        big.recovery_keys.update(destroyed_at=None)
    assert said.code == 1
    assert said.lines[-1] == "0 of 1 copies are stored."
    assert f"{big.slug}: failed: " in said.output
    assert ("failed", big.schema_name, True) in alarms()


@pytest.mark.slow
def test_all_is_every_tenant_and_the_catalog(
    big: Tenant, new_tenant: Callable[..., Tenant], listening: None
) -> None:
    others = {new_tenant().slug for _ in range(2)}
    said = backup_now("--all", "--json")
    assert said.code == 0
    assert {copy["tenant"] for copy in json.loads(said.output)} >= {big.slug, *others, None}


@pytest.mark.slow
def test_where_nobody_works_it_says_so_and_the_wish_stays(big: Tenant) -> None:
    said = backup_now("--tenant", big.slug)
    assert said.code == 2
    assert "Nobody takes the copies: is a backup worker running?" in said.error
    assert wishes() == [(big.slug, "manual", "waiting")]

    ask_for_copy(big, "test")
    assert len(wishes()) == 1


def test_where_the_broker_is_away_it_says_so_and_the_wish_stays(big: Tenant) -> None:
    said = backup_now("--tenant", big.slug, AMANA_BROKER_URL="redis://127.0.0.1:1/0")
    assert said.code == 2
    assert "The broker is away" in said.error
    assert wishes() == [(big.slug, "manual", "waiting")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "Say whose: --tenant SLUG, --catalog or --all."), (("--tenant", "nobody"), "There is no tenant")],
)
def test_for_nobody_nothing_is_asked(arguments: tuple[str, ...], says: str) -> None:
    said = backup_now(*arguments)
    assert said.code == 2
    assert says in said.error
    assert wishes() == []


def test_one_that_is_being_closed_is_refused(big: Tenant) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=big.pk).update(state="closing")
    try:
        said = backup_now("--tenant", big.slug)
    finally:
        with bound_to(CATALOG):
            Tenant.objects.filter(pk=big.pk).update(state="active")
    assert (said.code, said.output) == (2, "")
    assert "has no database that could be copied" in said.error
    assert wishes() == []
