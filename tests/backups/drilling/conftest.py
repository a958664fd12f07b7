"""A tenant and a copy of it, once for a module; each test has a storage of its own, to damage as it likes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from audit.models import Alarm
from audit.sealer import sealer
from audit.sealing import seal
from backups.drilling.planning import sign_identities
from backups.drilling.running import run_next
from backups.models import Backup, Drill, DrillStep
from backups.storage.folder import Folder
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.support import fleet

Drilled = Callable[..., Drill]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[tuple[Backup, Path]]:
    """The copy, and the folder that it lies in."""
    tenant = fleet.provision(name="Brindley")
    with bound_to(tenant):
        Contact.objects.create(name="Zanzibar Spice Ltd")
        Contact.objects.create(name="Harbour Wine BV")
        default_storage.save("papers/contract.txt", ContentFile(b"signed"))
    with sealer(tenant.place) as connection:
        seal(connection, tenant.place)
    root = tmp_path_factory.mktemp("stored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "AMANA_BACKUP_STORE", f"file://{root}")
        backup = claimed(tenant)
        take(backup)
    yield backup, root
    with bound_to(CATALOG):
        Drill.objects.filter(tenant=tenant).delete()
    fleet.close(tenant)


@pytest.fixture
def copy(stored: tuple[Backup, Path], tmp_path: Path, settings: Settings) -> Backup:
    backup, root = stored
    shutil.copytree(root, tmp_path / "storage")
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/storage"
    settings.AMANA_DRILL_DIR = tmp_path / "spool"
    with bound_to(CATALOG):
        Alarm.objects.filter(kind="drill").delete()
        Backup.objects.filter(pk=backup.pk).update(manifest=backup.manifest, drilled_at=None, damage="")
        found: Backup = Backup.objects.select_related("tenant__server").get(pk=backup.pk)
    return found


@pytest.fixture
def storage(copy: Backup, tmp_path: Path) -> Folder:
    return Folder(tmp_path / "storage")


@pytest.fixture
def tenant(copy: Backup) -> Tenant:
    assert copy.tenant is not None
    return copy.tenant


@pytest.fixture
def drilled() -> Drilled:
    """A drill of that copy, carried out as the workers `control` and `drill` do it."""

    def carried_out(backup: Backup) -> Drill:
        wanted(backup)
        run_next()
        return last_of(backup)

    return carried_out


def wanted(backup: Backup) -> Drill:
    """Asked for and signed, and not begun."""
    with bound_to(CATALOG):
        Drill.objects.unfinished().delete()
        era = backup.manifest.get("era", 1)
        drill = Drill.objects.create(tenant=backup.tenant, backup=backup, era=era, is_scheduled=False)
    sign_identities()
    return drill


def last_of(backup: Backup) -> Drill:
    with bound_to(CATALOG):
        found: Drill = Drill.objects.select_related("tenant", "backup").filter(backup=backup).latest("pk")
    return found


def step(drill: Drill, code: str) -> DrillStep:
    with bound_to(CATALOG):
        return drill.steps.get(code=code)
