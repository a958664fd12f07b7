"""Who rewrote a log and our own anchors is found out by those in the storage, and operators are told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit import anchor_files
from audit.models import Alarm, Anchor
from backups.keeping.anchors import check_anchors, keep_anchors
from backups.keeping.tasks import compare_anchors
from backups.models import Backup
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take, forget_copies
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import seal_now, write
from tests.support.seaweed import SECRETS, Seaweed


@pytest.fixture
def hooli(
    new_tenant: Callable[[], Tenant], tmp_path: Path, settings: Settings, take_copy: Take
) -> Iterator[Tenant]:
    """A copy of it, with what was sealed ten minutes before; nobody else has one."""
    settings.AMANA_ANCHOR_DIR = tmp_path / "anchors"
    with bound_to(CATALOG):
        forget_copies()
        Alarm.objects.all().delete()
    tenant = new_tenant()
    seal_now(tenant)
    backup = take_copy(tenant)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=backup.pk).update(snapshot_at=timezone.now() + timedelta(minutes=10))
    yield tenant
    with bound_to(CATALOG):
        forget_copies()
        Alarm.objects.all().delete()


def standing() -> list[tuple[str, str, str]]:
    """After another night."""
    compare_anchors()
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(closed_at=None).values_list("kind", "database", "says")]


def piece(store: Folder, tenant: Tenant, name: str = "*.jsonl") -> Path:
    [path] = (store.root / "anchors" / tenant.schema_name).glob(name)
    return path


def words(tenant: Tenant, fault: str) -> tuple[str, str, str]:
    says = f"The activity log of {tenant.slug} and its anchors in the backup storage don't agree. {fault}"
    return ("anchors", tenant.schema_name, says)


def test_while_both_agree_nothing_stands(hooli: Tenant) -> None:
    assert standing() == []


def test_an_anchor_in_the_catalog_that_is_another_alarms_until_it_is_as_it_was(hooli: Tenant) -> None:
    with bound_to(CATALOG):
        anchor = Anchor.objects.filter(database=hooli.schema_name).latest("batch")
    digest = bytes(anchor.digest)
    _rewrite(anchor, b"\0" * 32)
    expected = words(hooli, f"The catalog has another batch {anchor.batch}.")
    assert standing() == [expected]
    assert standing() == [expected]
    _rewrite(anchor, digest)
    assert standing() == []


def _rewrite(anchor: Anchor, digest: bytes) -> None:
    """As a superuser of the catalog could: our own role may not."""
    with superuser("catalog") as connection:
        connection.execute("UPDATE audit_anchor SET digest = %s WHERE id = %s", [digest, anchor.pk])


def test_anchors_that_were_taken_out_of_the_storage_are_missed(hooli: Tenant, store: Folder) -> None:
    through = check_anchors(hooli.schema_name).through
    piece(store, hooli).unlink()
    assert standing() == [words(hooli, f"The storage lacks the batches from 1 to {through}.")]
    keep_anchors(store, hooli.schema_name)
    assert standing() == []


def test_what_was_sealed_since_the_newest_copy_is_not_missed(hooli: Tenant) -> None:
    with bound_to(CATALOG):
        Backup.objects.update(snapshot_at=timezone.now())
    write(hooli, "赵敏")
    seal_now(hooli)
    assert standing() == []


@pytest.mark.parametrize(
    "name", ["zzz", "999999999999.jsonl", "000000000000.jsonl", "deeper/000000000002.jsonl"]
)
def test_an_object_that_is_none_of_ours_stops_no_copy_keeps_nothing_away_and_is_named(
    hooli: Tenant, store: Folder, name: str, take_copy: Take
) -> None:
    with store.write(f"anchors/{hooli.schema_name}/{name}"):
        pass
    write(hooli, "赵敏")
    seal_now(hooli)
    assert take_copy(hooli).is_stored
    last = anchor_files.last_in_file(hooli.schema_name)
    assert last is not None
    assert check_anchors(hooli.schema_name).through == last.header.batch
    stray = "Among the anchors in the storage lies an object that is none of ours."
    assert standing() == [words(hooli, stray)]


def test_a_second_piece_that_tells_otherwise_is_named(hooli: Tenant, store: Folder) -> None:
    """It would have been passed over where only what comes next is looked at."""
    path = piece(store, hooli)
    line = path.read_bytes().splitlines()[-1]
    batch = check_anchors(hooli.schema_name).through
    with store.write(f"anchors/{hooli.schema_name}/{batch + 1:012d}.jsonl") as file:
        file.write(line.replace(b'"events":', b'"events":1') + b"\n")
    [(kind, database, _says)] = standing()
    assert (kind, database) == ("anchors", hooli.schema_name)


def test_while_the_storage_is_away_nothing_is_said_to_be_over(
    hooli: Tenant, store: Folder, settings: Settings, weed: Seaweed
) -> None:
    piece(store, hooli).unlink()
    before = standing()
    assert len(before) == 1
    settings.AMANA_BACKUP_STORE = weed.url("away", "http://127.0.0.1:9")
    settings.AMANA_STORE_READER = f"reader:{SECRETS['reader']}"
    assert standing() == before
