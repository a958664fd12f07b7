"""What every storage promises, asked of a folder and of a real S3 server alike."""

import hashlib
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backups.exceptions import BackupError, ObjectExists, ObjectMissing, StorageForbids
from backups.storage import Store
from backups.storage.folder import Folder
from backups.storage.s3 import PART
from tests.support.seaweed import Seaweed

Open = Callable[[str], Store]
BIG = bytes(range(256)) * ((2 * PART + 12345) // 256)
EVIL = [
    "../x",
    "a/../../x",
    "/etc/passwd",
    "a//b",
    "",
    ".",
    "..",
    "a/.",
    "a/",
    "a\nb",
    "a\0b",
    ".hidden",
    "a.partial",
]


@pytest.fixture(params=["folder", "s3"])
def open_as(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """The same place for each role, empty."""
    if request.param == "folder":
        return lambda _role: Folder(tmp_path / "copies")
    weed: Seaweed = request.getfixturevalue("weed")
    return lambda role: weed.store(tmp_path.name, role)


@pytest.fixture
def writer(open_as: Open) -> Store:
    return open_as("writer")


@pytest.fixture
def reader(open_as: Open) -> Store:
    return open_as("reader")


@pytest.fixture
def keeper(open_as: Open) -> Store:
    return open_as("keeper")


def put(store: Store, name: str, content: bytes) -> None:
    with store.write(name) as file:
        file.write(content)


def got(store: Store, name: str) -> bytes:
    with store.read(name) as file:
        return file.read()


def names(store: Store, prefix: str = "") -> list[str]:
    return [each.name for each in store.list(prefix)]


@pytest.mark.parametrize("content", [b"", b"one", b"x" * PART, BIG], ids=["empty", "small", "a part", "big"])
def test_what_was_written_is_read(writer: Store, reader: Store, content: bytes) -> None:
    with writer.write("a/b") as file:
        for start in range(0, len(content), 1 << 20):
            file.write(content[start : start + (1 << 20)])
        assert names(reader) == []
    with reader.read("a/b") as stream:
        pieces = [*iter(lambda: stream.read(1 << 20), b"")]
    assert hashlib.sha256(b"".join(pieces)).digest() == hashlib.sha256(content).digest()
    [listed] = reader.list()
    assert (listed.name, listed.size) == ("a/b", len(content))
    assert abs(listed.at - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.parametrize("content", [b"one", BIG], ids=["small", "big"])
def test_what_was_broken_off_was_never_there(
    writer: Store, reader: Store, keeper: Store, content: bytes
) -> None:
    with pytest.raises(ZeroDivisionError), writer.write("a/b") as file:
        file.write(content)
        raise ZeroDivisionError
    assert names(reader) == []
    with pytest.raises(ObjectMissing, match="a/b isn't in the storage"), reader.read("a/b"):
        pass
    assert keeper.sweep(datetime.now(UTC) + timedelta(days=1)) == 0


def test_what_isnt_there_is_missing(writer: Store, reader: Store) -> None:
    put(writer, "a/b", b"1")
    for name in ("a/c", "a", "a/b/c"):
        with pytest.raises(ObjectMissing, match=f"{name} isn't in the storage"), reader.read(name):
            pass


@pytest.mark.parametrize("content", [b"two", BIG], ids=["small", "big"])
def test_nothing_is_written_over(writer: Store, reader: Store, content: bytes) -> None:
    put(writer, "a/b", b"one")
    with pytest.raises(ObjectExists, match="a/b is in the storage already"):
        put(writer, "a/b", content)
    assert (got(reader, "a/b"), names(reader)) == (b"one", ["a/b"])


def test_of_two_writers_of_one_name_the_first_to_end_has_it_whole(writer: Store, reader: Store) -> None:
    both, ended, failed = threading.Barrier(2), [], []

    def write(letter: bytes) -> None:
        try:
            with writer.write("a/b") as file:
                file.write(letter * PART)
                both.wait(timeout=60)
                file.write(letter * PART)
            ended.append(letter)
        except ObjectExists:
            failed.append(letter)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"x", b"y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ended), len(failed)) == (1, 1)
    assert got(reader, "a/b") == ended[0] * PART * 2


def test_the_list_is_in_order_and_of_a_prefix(writer: Store, reader: Store) -> None:
    for name in ("b/1", "a/2", "a/10", "ab/1", "a/1", "a/sub/1"):
        put(writer, name, b"1")
    assert names(reader) == ["a/1", "a/10", "a/2", "a/sub/1", "ab/1", "b/1"]
    assert names(reader, "a/") == ["a/1", "a/10", "a/2", "a/sub/1"]
    assert names(reader, "a/1") == ["a/1", "a/10"]
    assert names(reader, "none/") == []


def test_what_was_deleted_is_gone_and_may_be_deleted_again(
    writer: Store, reader: Store, keeper: Store
) -> None:
    put(writer, "a/b/1", b"1")
    put(writer, "a/c", b"1")
    keeper.delete("a/b/1")
    keeper.delete("a/b/1")
    assert names(reader) == ["a/c"]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_leads_out_is_no_name(open_as: Open, tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_bytes(b"mine")
    for act in (
        lambda: put(open_as("writer"), name, b"1"),
        lambda: got(open_as("reader"), name),
        lambda: open_as("keeper").delete(name),
    ):
        with pytest.raises(ObjectMissing, match="isn't a name in the storage"):
            act()
    assert names(open_as("reader")) == []
    assert (tmp_path / "x").read_bytes() == b"mine"


def test_what_a_killed_writer_left_is_swept_once_it_is_old(
    writer: Store, reader: Store, keeper: Store
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    left = writer.write("a/b")
    left.__enter__().write(BIG)  # and nobody ever ends it
    assert (names(reader), keeper.sweep(began)) == ([], 0)
    assert keeper.sweep(datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert (names(reader), keeper.sweep(datetime.now(UTC) + timedelta(minutes=1))) == ([], 0)
    with pytest.raises(BackupError):
        left.__exit__(None, None, None)


@pytest.mark.slow
def test_memory_doesnt_grow_with_the_object(writer: Store, reader: Store) -> None:
    block = b"z" * (1 << 17)
    put(writer, "warm", b"1")
    tracemalloc.start()
    with writer.write("a/b") as file:
        for _ in range(6 * PART // len(block)):
            file.write(block)
    with reader.read("a/b") as stream:
        while stream.read(1 << 17):
            pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * PART


def test_the_writer_deletes_nothing(weed: Seaweed, tmp_path: Path) -> None:
    writer, reader = weed.store(tmp_path.name, "writer"), weed.store(tmp_path.name, "reader")
    put(writer, "a/b", b"1")
    with pytest.raises(StorageForbids, match="forbids this credential DeleteObject of a/b: AccessDenied"):
        writer.delete("a/b")
    assert got(reader, "a/b") == b"1"


def test_reader_and_keeper_write_nothing_and_a_stranger_does_nothing(weed: Seaweed, tmp_path: Path) -> None:
    put(weed.store(tmp_path.name, "writer"), "a/b", b"1")
    for role in ("reader", "keeper", "nobody"):
        for content in (b"1", BIG):
            with pytest.raises(StorageForbids, match="forbids this credential"):
                put(weed.store(tmp_path.name, role), "a/c", content)
    for role in ("reader", "nobody"):
        with pytest.raises(StorageForbids):
            weed.store(tmp_path.name, role).delete("a/b")
    with pytest.raises(StorageForbids):
        got(weed.store(tmp_path.name, "nobody"), "a/b")
    assert names(weed.store(tmp_path.name, "reader")) == ["a/b"]
