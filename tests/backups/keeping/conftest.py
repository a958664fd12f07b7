"""Copies of Acme and Globex that were really taken, once; each test has the storage, and the rows, to itself."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as given
from pytest_django import Settings

from backups.models import Backup
from backups.storage.folder import Folder
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed, forget_copies


@dataclass
class Copies:
    """`store` is the test's own; what is below `root` can be spoilt."""

    store: Folder
    older: Backup
    acme: Backup
    globex: Backup

    @property
    def root(self) -> Path:
        return self.store.root

    def file(self, backup: Backup, name: str) -> Path:
        return self.root / backup.folder / name


@pytest.fixture(scope="package")
def taken(
    cast: dict[str, Tenant], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[Backup]]]:
    """Acme's older one, Acme's, and Globex's."""
    root, media = tmp_path_factory.mktemp("taken"), tmp_path_factory.mktemp("media")
    for tenant in cast.values():
        (media / tenant.schema_name).mkdir()
        (media / tenant.schema_name / "photo.jpg").write_bytes(random.Random(1).randbytes(300_000))  # noqa: S311
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(given, "AMANA_BACKUP_STORE", f"file://{root}")
        patch.setattr(given, "MEDIA_ROOT", media)
        backups = []
        for tenant in (cast["acme"], cast["acme"], cast["globex"]):
            backup = claimed(tenant)
            take(backup)
            backups.append(backup)
    yield root, backups
    with bound_to(CATALOG):
        forget_copies()


@pytest.fixture
def copies(taken: tuple[Path, list[Backup]], tmp_path: Path, settings: Settings, catalog: None) -> Copies:
    shutil.copytree(taken[0], tmp_path / "copies")
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/copies"
    with bound_to(CATALOG):
        rows = [Backup.objects.select_related("tenant").get(pk=each.pk) for each in taken[1]]
    return Copies(Folder(tmp_path / "copies"), *rows)
