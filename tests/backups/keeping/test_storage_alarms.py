"""Each of the three credentials has an alarm of its own, in the true word, until the storage serves it again."""

import errno
from pathlib import Path

import pytest
from pytest_django import Settings

from audit.models import Alarm
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import StorageAway, StorageForbids
from backups.keeping.expiring import expire_what_can_be
from backups.keeping.reconciling import reconcile_what_can_be
from backups.keeping.verifying_rounds import verify_round
from backups.models import Backup, Drill, Restore
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.keeping.copies_in_rows import copy_of, now
from tests.support.seaweed import SECRETS, Seaweed


def standing() -> list[tuple[str, str]]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(closed_at=None).order_by("kind").values_list("kind", "says")]


@pytest.fixture(autouse=True)
def nothing_else(catalog: None) -> None:
    with bound_to(CATALOG):
        for model in (Alarm, Drill, Restore, Backup):
            model._default_manager.all().delete()


@pytest.fixture
def bucket(weed: Seaweed, tmp_path: Path, settings: Settings) -> str:
    """Where it is; every process holds its own credential."""
    settings.AMANA_BACKUP_STORE = weed.url(tmp_path.name)
    for role in ("writer", "reader", "keeper"):
        setattr(settings, f"AMANA_STORE_{role.upper()}", f"{role}:{SECRETS[role]}")
    return tmp_path.name


FORBIDS = "The backup storage forbids the {} what it must do, by its rights or a revoked secret: {}."


def test_a_keeper_whose_secret_was_changed_alarms_until_a_copy_ends(
    acme: Tenant, weed: Seaweed, bucket: str, settings: Settings
) -> None:
    store = weed.store(bucket, "admin")
    copy_of(acme, store, 1)  # type: ignore[arg-type]
    old = copy_of(acme, store, 40)  # type: ignore[arg-type]
    right, settings.AMANA_STORE_KEEPER = settings.AMANA_STORE_KEEPER, "keeper:revoked"
    for act in (expire_what_can_be, reconcile_what_can_be, expire_what_can_be):
        act()
        assert standing() == [("keeping", FORBIDS.format("keeper", "no copy can be ended"))]
    assert now(old).is_stored

    settings.AMANA_STORE_KEEPER = right
    with bound_to(CATALOG):
        Backup.objects.filter(pk=old.pk).update(hold_until="2099-01-01T00:00Z")
    expire_what_can_be()
    assert len(standing()) == 1  # nothing was ended: it isn't known that it could have been
    with bound_to(CATALOG):
        Backup.objects.filter(pk=old.pk).update(hold_until=None)
    expire_what_can_be()
    assert (standing(), now(old).is_stored) == ([], False)


def test_a_keeper_that_may_list_and_not_delete_isnt_believed(
    acme: Tenant, weed: Seaweed, bucket: str, settings: Settings
) -> None:
    store = weed.store(bucket, "admin")
    copy_of(acme, store, 1)  # type: ignore[arg-type]
    old = copy_of(acme, store, 40)  # type: ignore[arg-type]
    settings.AMANA_STORE_KEEPER = f"reader:{SECRETS['reader']}"
    expire_what_can_be()
    assert [kind for kind, _ in standing()] == ["keeping"]
    assert now(old).is_stored


def test_a_reader_that_is_forbidden_or_hears_nothing_alarms_until_a_copy_is_read(
    acme: Tenant, weed: Seaweed, bucket: str, settings: Settings
) -> None:
    copy_of(acme, weed.store(bucket, "admin"), 1)  # type: ignore[arg-type]
    right, settings.AMANA_STORE_READER = settings.AMANA_STORE_READER, "reader:revoked"
    verify_round()
    assert standing() == [
        ("reading", FORBIDS.format("reader", "no copy can be verified, drilled or restored"))
    ]

    settings.AMANA_STORE_READER = right
    there, settings.AMANA_BACKUP_STORE = settings.AMANA_BACKUP_STORE, weed.url(bucket, "http://127.0.0.1:9")
    verify_round()
    assert standing() == [
        ("reading", "The backup storage doesn't answer: no copy can be verified, drilled or restored.")
    ]

    settings.AMANA_BACKUP_STORE = there
    assert verify_round() == 1  # it isn't what was signed; but it was read
    assert standing() == []


def of(number: int) -> StorageAway:
    away = StorageAway("The storage refuses.")
    away.__cause__ = OSError(number, "")
    return away


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (StorageAway("HTTP 503"), "doesn't answer"),
        (
            StorageForbids("AccessDenied"),
            "forbids the writer what it must do, by its rights or a revoked secret",
        ),
        (of(errno.EROFS), "forbids the writer what it must do, by its rights or a revoked secret"),
        (of(errno.ENOSPC), "is full"),
        (of(errno.EDQUOT), "is full"),
        (of(errno.EIO), "doesn't answer"),
    ],
)
def test_the_word_is_the_true_one(trouble: StorageAway, words: str) -> None:
    storage_refuses("writer", trouble)
    assert standing() == [("storage", f"The backup storage {words}: copies wait for it.")]


def test_each_role_has_its_own_and_says_what_is_so_now() -> None:
    for role in ("writer", "reader", "keeper"):
        storage_refuses(role, StorageAway("away"))
        storage_refuses(role, StorageAway("away"))
    assert [kind for kind, _ in standing()] == ["keeping", "reading", "storage"]
    storage_refuses("reader", StorageForbids("AccessDenied"))
    assert "forbids the reader" in dict(standing())["reading"]
    storage_serves("writer")
    assert [kind for kind, _ in standing()] == ["keeping", "reading"]
