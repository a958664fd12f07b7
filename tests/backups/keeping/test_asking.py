"""Pages ask; who holds the credential does it, in its own process and in its own queue."""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from backups.exceptions import BackupRefused
from backups.keeping.asking import remove_soon, verify_soon
from backups.keeping.background import REMOVE, VERIFY
from backups.models import Backup
from backups.storage import open_store
from backups.storage.folder import Folder
from config.celery import app
from embedded.environment import HOLDERS, share_of
from embedded.product import WORKERS
from jobs.kinds import Kind
from jobs.models import Job
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.keeping.copies_in_rows import copy_of, there
from tests.support.seaweed import SECRETS, Seaweed

TASKS = {
    "verify_copies": "AMANA_STORE_READER",
    "compare_anchors": "AMANA_STORE_READER",
    "expire_copies": "AMANA_STORE_KEEPER",
    "reconcile_storage": "AMANA_STORE_KEEPER",
}


@pytest.mark.parametrize(("name", "credential"), TASKS.items())
def test_each_task_goes_to_a_worker_that_holds_what_it_needs(name: str, credential: str) -> None:
    queue = app.amqp.router.route({}, f"backups.keeping.tasks.{name}")["queue"].name
    [worker] = [each for each, (queues, _) in WORKERS.items() if queue in queues.split(",")]
    assert worker in HOLDERS[credential]


@pytest.mark.parametrize(
    ("kind", "credential"), [(VERIFY, "AMANA_STORE_READER"), (REMOVE, "AMANA_STORE_KEEPER")]
)
def test_each_job_too(kind: Kind, credential: str) -> None:
    assert kind.queue in HOLDERS[credential]


def test_web_and_beat_hold_no_credential_of_the_storage() -> None:
    told = {f"AMANA_STORE_{role}": "k:s" for role in ("WRITER", "READER", "KEEPER")}
    for holder in ("web", "beat", "default", "seal"):
        assert share_of(holder, told) == {}
    assert share_of("backup", told) == {"AMANA_STORE_WRITER": "k:s"}
    assert share_of("control", told) == {"AMANA_STORE_KEEPER": "k:s"}


def test_without_its_credential_a_process_is_refused_before_it_asks(
    weed: Seaweed, settings: Settings, tmp_path: Path
) -> None:
    settings.AMANA_BACKUP_STORE = weed.url(tmp_path.name)
    settings.AMANA_STORE_WRITER = settings.AMANA_STORE_READER = settings.AMANA_STORE_KEEPER = ""
    for role in ("writer", "reader", "keeper"):
        with pytest.raises(BackupRefused, match=f"doesn't hold AMANA_STORE_{role.upper()}, as KEY:SECRET"):
            open_store(role)
    settings.AMANA_STORE_KEEPER = f"keeper:{SECRETS['keeper']}"
    assert [*open_store("reader").list()] == []


def test_a_page_hears_at_once_why_a_copy_must_stay(acme: Tenant, oscar: User, store: Folder) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=acme).delete()
        last = copy_of(acme, store, 1)
        with pytest.raises(BackupRefused, match="It is the last good copy"):
            remove_soon(last, "No longer needed", oscar)
        with pytest.raises(BackupRefused, match="There is no such copy"):
            verify_soon(Backup(tenant=acme, tier="daily"), oscar)
        assert Job.objects.filter(kind__in=(VERIFY.name, REMOVE.name)).count() == 0
    assert there(store, last)
