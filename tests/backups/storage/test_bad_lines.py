"""A bucket that is slow, busy, down or out of reach says so in words, soon, and after few tries."""

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.exceptions import BackupRefused, ObjectMissing, StorageAway
from backups.models import Backup
from backups.pipeline import seal_into
from backups.recovery_keys.wrapping import new_identity
from backups.storage.s3 import PART, S3
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.support.bad_line import BadLine, bad_line
from tests.support.seaweed import SECRETS, Seaweed

SECONDS = 0.5


@pytest.fixture
def line(weed: Seaweed) -> Iterator[BadLine]:
    with bad_line(weed.endpoint) as line:
        yield line


@pytest.fixture
def store(weed: Seaweed, line: BadLine, tmp_path: Path) -> S3:
    """As the writer, over the line, with half a second of patience."""
    return weed.store(tmp_path.name, "writer", line.endpoint, timeout=SECONDS)


@pytest.fixture
def reader(weed: Seaweed, line: BadLine, tmp_path: Path) -> S3:
    return weed.store(tmp_path.name, "reader", line.endpoint, timeout=SECONDS)


def put(store: S3, name: str, content: bytes) -> None:
    with store.write(name) as file:
        file.write(content)


def test_a_good_line_carries_everything(store: S3, reader: S3) -> None:
    put(store, "a/b", b"x" * (PART + 10))
    with reader.read("a/b") as file:
        assert len(file.read()) == PART + 10


def test_a_slow_answer_is_waited_for_three_times_and_no_more(store: S3, line: BadLine) -> None:
    put(store, "a/b", b"1")
    line.requests.clear()
    line.delayed.set()
    began = time.monotonic()
    with pytest.raises(StorageAway, match="The storage doesn't answer: Read timeout on endpoint URL"):
        put(store, "a/c", b"1")
    assert len(line.requests) == 3
    assert time.monotonic() - began < 20


def test_a_busy_server_is_asked_again(store: S3, line: BadLine) -> None:
    line.busy = 2
    put(store, "a/b", b"1")
    assert [each.partition(" ")[0] for each in line.requests] == ["PUT"] * 3


@pytest.mark.slow
def test_a_server_that_stays_busy_is_away(store: S3, reader: S3, line: BadLine) -> None:
    line.busy = 1000
    for act in (
        lambda: put(store, "a/b", b"1"),
        lambda: put(store, "a/b", b"x" * PART),
        lambda: reader.read("a/b").__enter__(),
        lambda: [*reader.list()],
    ):
        with pytest.raises(StorageAway, match="The storage answers SlowDown"):
            act()
    line.busy = 0
    assert [*reader.list()] == []


def test_an_answer_that_is_cut_isnt_the_object(store: S3, reader: S3, line: BadLine) -> None:
    put(store, "a/b", b"x" * 100_000)
    line.cut_after = 50_000
    with pytest.raises(StorageAway, match="The storage doesn't answer"), reader.read("a/b") as file:
        while file.read(1 << 14):
            pass


def test_an_upload_that_is_cut_in_the_middle_leaves_no_object(
    store: S3, reader: S3, line: BadLine, weed: Seaweed, tmp_path: Path
) -> None:
    with pytest.raises(StorageAway, match="The storage doesn't answer"), store.write("a/b") as file:
        file.write(b"x" * PART)
        line.refused_methods = {"PUT", "DELETE"}  # nor can it be taken back
        file.write(b"x" * PART)
    line.refused_methods = set()
    assert [*reader.list()] == []
    keeper = weed.store(tmp_path.name, "keeper")
    assert keeper.sweep(datetime.now(UTC) + timedelta(minutes=5)) == 1


def test_an_upload_whose_last_word_isnt_heard_isnt_taken_for_written(
    store: S3, reader: S3, line: BadLine
) -> None:
    with pytest.raises(StorageAway), store.write("a/b") as file:
        file.write(b"x" * PART)
        line.refused_methods = {"POST"}
    assert [*reader.list()] == []


def test_an_object_of_more_parts_than_there_may_be_is_refused_for_good_in_other_words(
    weed: Seaweed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage is there, and another try of no use; a larger part is."""
    monkeypatch.setattr("backups.storage.s3.PARTS", 2)
    larger, reader = weed.store(tmp_path.name, "writer", part=6), weed.store(tmp_path.name, "reader")
    with pytest.raises(BackupRefused, match="a/b has more than 2 parts of 5 MiB: give a larger `part`"):
        put(weed.store(tmp_path.name, "writer", part=5), "a/b", b"x" * (11 << 20))
    assert [*reader.list()] == []
    put(larger, "a/b", b"x" * (11 << 20))
    assert [each.size for each in reader.list()] == [11 << 20]


def test_nobody_listens(weed: Seaweed, tmp_path: Path) -> None:
    with bad_line(weed.endpoint) as gone:
        pass
    store = weed.store(tmp_path.name, "writer", gone.endpoint, timeout=SECONDS)
    with pytest.raises(
        StorageAway, match="The storage doesn't answer: Could not connect to the endpoint URL"
    ):
        put(store, "a/b", b"1")


def test_a_bucket_that_isnt_there_isnt_an_object_that_is_missing(weed: Seaweed) -> None:
    wrong = S3.at(weed.url("x").replace("s3://copies/", "s3://others/"), ("admin", SECRETS["admin"]))
    for act in (lambda: [*wrong.list()], lambda: wrong.read("a/b").__enter__()):
        with pytest.raises(StorageAway) as refused:
            act()
        assert not isinstance(refused.value, ObjectMissing)


def test_a_wrong_secret_is_forbidden(weed: Seaweed) -> None:
    store = S3.at(weed.url("x"), ("writer", "another secret"))
    with pytest.raises(StorageAway, match="forbids this credential PutObject of a/b: SignatureDoesNotMatch"):
        put(store, "a/b", b"1")


def test_the_pipeline_raises_what_the_storage_said(store: S3, reader: S3, line: BadLine) -> None:
    line.busy = 1000
    recipient = new_identity()[1]
    with pytest.raises(StorageAway, match="The storage answers SlowDown"):
        seal_into(store, "a/b", io.BytesIO(b"x" * 100), recipient)
    line.busy = 0
    assert [*reader.list()] == []


def test_a_whole_copy_goes_to_the_bucket_and_one_over_a_broken_line_doesnt_count(
    weed: Seaweed, line: BadLine, new_tenant: Callable[..., Tenant], settings: Settings, tmp_path: Path
) -> None:
    from backups.taking import take  # noqa: PLC0415 - beside its use

    acme = new_tenant(name="Acme")
    settings.AMANA_STORE_WRITER = f"writer:{SECRETS['writer']}"
    settings.AMANA_BACKUP_STORE = weed.url(tmp_path.name, line.endpoint, timeout=SECONDS)
    line.busy = 1000
    failed = claimed(acme)
    with pytest.raises(StorageAway):
        take(failed)
    line.busy = 0
    reader = weed.store(tmp_path.name, "reader")
    assert [*reader.list(acme.schema_name)] == []
    good = claimed(acme)
    take(good)
    assert len([*reader.list(good.folder)]) == 5
    with bound_to(CATALOG):
        assert [*Backup.objects.stored().filter(tenant=acme)] == [good]
