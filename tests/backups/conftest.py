"""Copies of Acme that were really taken, in a storage of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from backups.models import Backup, RecoveryKey, Restore, Tier
from backups.recovery_keys.wrapping import unwrap_identity
from backups.storage.folder import Folder
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support.seaweed import Seaweed, seaweed

Take = Callable[[Tenant | None], Backup]


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Folder:
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/backups"
    return Folder(tmp_path / "backups")


@pytest.fixture(scope="session")
def weed() -> Iterator[Seaweed]:
    """A real S3 server, started once for whoever asks for it."""
    with seaweed() as server:
        yield server


@pytest.fixture
def take_copy(store: Folder, databases: None) -> Take:
    """As the backup worker does it, of a tenant or (None) of the catalog."""

    def taken(tenant: Tenant | None) -> Backup:
        backup = claimed(tenant)
        take(backup)
        return backup

    return taken


def forget_copies() -> None:
    """Bound to the catalog: no copy is there any more, nor what was done with one."""
    Restore.objects.all().delete()
    Backup.objects.all().delete()


def claimed(tenant: Tenant | None, tier: str = Tier.MANUAL) -> Backup:
    """A wish for a copy, in our hands."""
    with bound_to(CATALOG):
        backup = Backup.objects.create(tenant=tenant, tier=tier)
        backup.begin()
        held: Backup = Backup.objects.select_related("tenant__server").get(pk=backup.pk)
        return held


def identity_of(tenant: Tenant | None) -> str:
    """What opens its copies, as the drill worker unwraps it."""
    with bound_to(CATALOG):
        key = RecoveryKey.objects.usable().filter(tenant=tenant).first()
        assert key is not None
        return unwrap_identity(key.wrapped, settings.AMANA_DRILL_KEY)
