"""A tenant with some 8 MB to dump, a pg_dump that can be held in the middle, and nothing left behind."""

import os
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from audit.models import Alarm
from backups.models import Backup
from backups.scheduling.working import work
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.faults.dumping import HeldDump
from tests.lifecycle.looking import superuser
from tests.support import fleet

PADDING = """
    CREATE TABLE public.padding AS
    SELECT number, repeat(md5(number::text), 20) AS words FROM generate_series(1, 12000) AS number"""


@pytest.fixture(scope="module")
def big(databases: None) -> Iterator[Tenant]:
    tenant = fleet.provision(name="Acme")
    with superuser(tenant.schema_name) as connection:
        connection.execute(PADDING.encode())
        connection.execute(b"GRANT SELECT ON public.padding TO amana_backup")
    yield tenant
    fleet.close(tenant)


@pytest.fixture
def wishes(databases: None) -> Iterator[None]:
    """Committed ones; they and their alarms are taken away."""
    forget()
    yield
    forget()


def forget() -> None:
    with bound_to(CATALOG):
        forget_copies()
        Alarm.objects.all().delete()


@pytest.fixture
def held_dump(tmp_path: Path, settings: Settings) -> Iterator[HeldDump]:
    held = HeldDump(tmp_path / "bin")
    settings.AMANA_PG_BIN = str(held.folder)
    os.environ["AMANA_PG_BIN"] = str(held.folder)
    yield held
    held.let_go()
    del os.environ["AMANA_PG_BIN"]


@pytest.fixture
def impatient(settings: Settings) -> None:
    settings.AMANA_BACKUP_RETRY_SECONDS = 0.0


def now(backup: Backup) -> Backup:
    """As it stands."""
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant__server").get(pk=backup.pk)
        return found


def wish_for(tenant: Tenant | None, tier: str = "manual") -> Backup:
    with bound_to(CATALOG):
        return Backup.objects.create(tenant=tenant, tier=tier)


def alarms() -> list[tuple[str, str, bool]]:
    """Kind, database and whether it stands."""
    with bound_to(CATALOG):
        return [(each.kind, each.database, each.closed_at is None) for each in Alarm.objects.all()]


def manifests(store: Folder) -> list[str]:
    """Copies that are whole, as the storage has them."""
    return [each.name for each in store.list() if each.name.endswith("/manifest.json")]


def a_worker() -> Thread:
    """At work, in a thread that acts as the test does."""
    worker = Thread(target=copy_context().run, args=(work,))
    worker.start()
    return worker
