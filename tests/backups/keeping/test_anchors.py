"""The activity log's anchors lie beside the copies, each once, and contradict whoever changed ours."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from audit import anchor_files
from audit.models import Anchor
from backups.exceptions import BackupRefused
from backups.keeping.anchors import check_anchors, keep_anchors, set_aside
from backups.storage import open_store
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import seal_now, write
from tests.support.bad_line import bad_line
from tests.support.seaweed import SECRETS, Seaweed

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def hooli(new_tenant: Callable[[], Tenant], tmp_path: Path, settings: Settings, store: Folder) -> Tenant:
    """Two batches, anchored in a folder of the test's own."""
    settings.AMANA_ANCHOR_DIR = tmp_path / "anchors"
    tenant = new_tenant()
    seal_now(tenant)
    more(tenant)
    return tenant


def more(tenant: Tenant) -> None:
    write(tenant, "赵敏", "Olivia Brindley")
    seal_now(tenant)


def kept(store: Folder, tenant: Tenant) -> list[str]:
    return [each.name.rpartition("/")[2] for each in store.list(f"anchors/{tenant.schema_name}/")]


def test_each_batch_is_kept_once_and_each_time_what_is_new(hooli: Tenant, store: Folder) -> None:
    name = hooli.schema_name
    last = anchor_files.last_in_file(name)
    assert last is not None
    assert keep_anchors(store, name) == last.header.batch
    assert keep_anchors(store, name) == 0
    first_object = f"{last.header.batch:012d}.jsonl"
    assert kept(store, hooli) == [first_object]
    more(hooli)
    assert keep_anchors(store, name) == 1
    assert kept(store, hooli) == [first_object, f"{last.header.batch + 1:012d}.jsonl"]
    content = b"".join((store.root / "anchors" / name / each).read_bytes() for each in kept(store, hooli))
    assert content == anchor_files.file_of(name).read_bytes()
    found = check_anchors(name)
    assert (found.through, found.faults) == (last.header.batch + 1, [])


def test_a_copy_brings_them(hooli: Tenant, store: Folder, take_copy: Take) -> None:
    backup = take_copy(hooli)
    assert backup.is_stored
    assert len(kept(store, hooli)) == 1
    assert check_anchors(hooli.schema_name).faults == []


def test_where_no_anchor_file_is_they_are_of_the_catalogs_anchors(hooli: Tenant, store: Folder) -> None:
    """The sealer's folder may be on another host: what is kept is the same, to the byte."""
    path = anchor_files.file_of(hooli.schema_name)
    content = path.read_bytes()
    path.unlink()
    path.parent.rmdir()
    assert keep_anchors(store, hooli.schema_name) > 0
    [name] = kept(store, hooli)
    assert (store.root / "anchors" / hooli.schema_name / name).read_bytes() == content
    assert check_anchors(hooli.schema_name).faults == []


def test_whoever_made_the_log_anew_and_its_anchors_too_is_contradicted(hooli: Tenant, store: Folder) -> None:
    name = hooli.schema_name
    keep_anchors(store, name)
    through = check_anchors(name).through
    anchor_files.file_of(name).unlink()
    assert check_anchors(name).faults == [
        f"The anchor file lacks batch {each + 1}." for each in range(through)
    ]


def test_another_batch_in_the_catalog_is_named(hooli: Tenant, store: Folder) -> None:
    name = hooli.schema_name
    keep_anchors(store, name)
    content = [json.loads(line) for line in anchor_files.file_of(name).read_bytes().splitlines()]
    path = store.root / "anchors" / name / kept(store, hooli)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    content[-1]["events"] += 1
    path.write_bytes(b"".join(lines[:-1]) + json.dumps(content[-1]).encode() + b"\n")
    assert check_anchors(name).faults == [
        f"Batch {content[-1]['batch']} in the storage doesn't follow from those before it."
    ]
    with bound_to(CATALOG):
        assert Anchor.objects.filter(database=name).count() == len(content)


def test_an_altered_anchor_file_isnt_carried_into_the_storage(
    hooli: Tenant, store: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    path = anchor_files.file_of(hooli.schema_name)
    path.write_bytes(path.read_bytes().replace(b'"events":', b'"events":1', 1))
    assert keep_anchors(store, hooli.schema_name) == 0
    assert kept(store, hooli) == []
    assert (
        f"Anchors of {hooli.schema_name} weren't copied: Line 1 of the anchor file was altered" in caplog.text
    )


def test_what_a_lost_part_of_a_log_had_there_is_kept_under_another_name(hooli: Tenant, store: Folder) -> None:
    """As after a catalog was restored from a copy: its log goes on from before, and seals other batches."""
    name = hooli.schema_name
    keep_anchors(store, name)
    more(hooli)
    keep_anchors(store, name)
    first, last = kept(store, hooli)
    lost = (store.root / "anchors" / name / last).read_bytes()
    assert set_aside(name, AT) == ""
    forget_the_last(hooli)
    assert check_anchors(name).faults != []

    folder = set_aside(name, AT)

    assert folder == f"anchors/{name}.until-20261126T120000Z"
    assert kept(store, hooli) == [first]
    assert (store.root / folder / last).read_bytes() == lost
    assert check_anchors(name).faults == []
    assert set_aside(name, AT) == ""


def test_of_a_log_that_begins_anew_all_of_it_is(hooli: Tenant, store: Folder) -> None:
    """Where the catalog came back without any copy of it."""
    name = hooli.schema_name
    keep_anchors(store, name)
    before = {each: (store.root / "anchors" / name / each).read_bytes() for each in kept(store, hooli)}
    forget_the_last(hooli, 99)
    folder = set_aside(name, AT)
    assert kept(store, hooli) == []
    assert {path.name: path.read_bytes() for path in (store.root / folder).iterdir()} == before


def forget_the_last(tenant: Tenant, number: int = 1) -> None:
    """Catalog and file know nothing any more of so many batches."""
    name = tenant.schema_name
    path = anchor_files.file_of(name)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-number]))
    with superuser("catalog") as connection:
        connection.execute(
            "DELETE FROM audit_anchor WHERE database = %s AND batch > %s", [name, max(len(lines) - number, 0)]
        )


@pytest.mark.slow
def test_whoever_may_not_write_and_delete_there_sets_nothing_aside(
    hooli: Tenant, weed: Seaweed, settings: Settings, tmp_path: Path
) -> None:
    name = hooli.schema_name
    settings.AMANA_BACKUP_STORE = weed.url(tmp_path.name)
    settings.AMANA_STORE_READER = f"reader:{SECRETS['reader']}"
    keep_anchors(weed.store(tmp_path.name, "writer"), name)
    there = [each.name for each in open_store("reader").list()]
    forget_the_last(hooli, 99)
    settings.AMANA_STORE_KEEPER = f"keeper:{SECRETS['keeper']}"
    with pytest.raises(BackupRefused, match="doesn't hold AMANA_STORE_WRITER"):
        set_aside(name, AT)
    assert [each.name for each in open_store("reader").list()] == there

    settings.AMANA_STORE_WRITER = f"writer:{SECRETS['writer']}"
    folder = set_aside(name, AT)
    now = [each.name for each in open_store("reader").list()]
    assert now == [f"{folder}/{each.rpartition('/')[2]}" for each in there]


@pytest.mark.slow
def test_in_a_bucket_the_writer_cant_write_them_over(
    hooli: Tenant, weed: Seaweed, settings: Settings, tmp_path: Path
) -> None:
    settings.AMANA_BACKUP_STORE = weed.url(tmp_path.name)
    settings.AMANA_STORE_READER = f"reader:{SECRETS['reader']}"
    writer = weed.store(tmp_path.name, "writer")
    assert keep_anchors(writer, hooli.schema_name) > 0
    assert check_anchors(hooli.schema_name).faults == []
    with bad_line(weed.endpoint) as line:
        line.busy = 1000
        away = weed.store(tmp_path.name, "writer", line.endpoint, timeout=0.5)
        more(hooli)
        assert keep_anchors(away, hooli.schema_name) == 0
    assert keep_anchors(writer, hooli.schema_name) == 1
