"""A catalog restored on another machine is behind, and no anchor file is there: what is beside the copies helps."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from audit import anchor_files
from audit.models import Alarm, Anchor
from backups.keeping.anchors import keep_anchors
from backups.restoring.catalog_copy import catch_up_with_anchors
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import seal_now, verified, write

NAMES = (["赵敏"], ["نورة القحطاني"], ["Sam Reed"])


@pytest.fixture(autouse=True)
def nothing_stays(databases: None) -> Iterator[None]:
    """What was refilled for everybody else stands in the platform's list of alarms."""
    yield
    with bound_to(CATALOG):
        Alarm.objects.filter(kind=Alarm.Kind.REFILLED).delete()


@pytest.fixture
def hooli(new_tenant: Callable[[], Tenant], tmp_path: Path, settings: Settings, store: Folder) -> Tenant:
    """Batches whose anchors the storage keeps; of the catalog's, all but the first are lost, and the files as well."""
    settings.AMANA_ANCHOR_DIR = tmp_path / "anchors"
    tenant = new_tenant()
    for names in NAMES:
        write(tenant, *names)
        seal_now(tenant)
        keep_anchors(store, tenant.place.chain)
    with superuser("catalog") as connection:  # the application may only add to them
        connection.execute("DELETE FROM audit_anchor WHERE database = %s AND batch > 1", [tenant.place.chain])
    settings.AMANA_ANCHOR_DIR = tmp_path / "another machine's"
    return tenant


def batches(tenant: Tenant) -> list[int]:
    with bound_to(CATALOG):
        found = Anchor.objects.filter(database=tenant.place.chain).order_by("batch")
        return [*found.values_list("batch", flat=True)]


def in_file(tenant: Tenant) -> list[int]:
    return [anchor.header.batch for anchor in anchor_files.read(tenant.place.chain)]


def test_they_come_back_into_catalog_and_file_and_sealing_goes_on(hooli: Tenant) -> None:
    assert (batches(hooli), in_file(hooli)) == ([1], [])

    catch_up_with_anchors()

    assert (batches(hooli), in_file(hooli)) == ([1, 2, 3], [1, 2, 3])
    write(hooli, "王芳")
    assert seal_now(hooli).batches == 1
    assert verified(hooli) == ""


def test_what_doesnt_follow_is_passed_over(hooli: Tenant, store: Folder) -> None:
    """An object of somebody's own among them, and a batch that was changed."""
    folder = store.root / "anchors" / hooli.place.chain
    with store.write(f"anchors/{hooli.place.chain}/000000000000.jsonl") as file:
        file.write(b"nothing of ours\n")
    third = folder / "000000000003.jsonl"
    third.write_bytes(third.read_bytes().replace(b'"events":', b'"events":1'))

    catch_up_with_anchors()

    assert (batches(hooli), in_file(hooli)) == ([1, 2], [1, 2])


def test_a_file_that_is_there_is_believed_before_the_storage(
    hooli: Tenant, store: Folder, tmp_path: Path, settings: Settings
) -> None:
    settings.AMANA_ANCHOR_DIR = tmp_path / "anchors"
    for piece in (store.root / "anchors" / hooli.place.chain).iterdir():
        piece.unlink()

    catch_up_with_anchors()

    assert (batches(hooli), in_file(hooli)) == ([1, 2, 3], [1, 2, 3])
