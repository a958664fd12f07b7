"""A copy of the key store: whole, encrypted, restorable, and gone in time."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from keys.data_keys import current_data_key
from keys.escrow import TABLES, ends_at, expire_escrows, make_escrow, restore_escrow
from keys.exceptions import EscrowRefused, MasterKeyMissing
from keys.remembering import memory
from keys.store import key_store
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.looking import key_store_itself
from tests.keys.vault.models import Buyer
from tests.support.disks import small_disk


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.AMANA_ESCROW_DIR = tmp_path / "escrow"
    return tmp_path / "escrow"


def content() -> dict[str, list[str]]:
    with key_store_itself() as connection:
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}".encode()).fetchall()))
            for table in TABLES
        }


@pytest.fixture
def lost() -> Iterator[None]:
    """The key store's rows are put aside, and come back after the test whatever it does."""
    tables = ", ".join(TABLES)
    with key_store_itself() as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE aside_{table} AS SELECT * FROM {table}".encode())
        yield
        connection.execute(f"TRUNCATE {tables}".encode())
        for table in TABLES:
            connection.execute(f"INSERT INTO {table} SELECT * FROM aside_{table}".encode())
            connection.execute(f"DROP TABLE aside_{table}".encode())


def lose() -> None:
    with key_store_itself() as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())
    memory.forget()


def test_what_was_lost_comes_back_whole(acme: Tenant, lost: None) -> None:
    with bound_to(acme):
        ana = Buyer.objects.create(name="Ana")
    path, before = make_escrow(), content()
    lose()
    count = restore_escrow(path)
    memory.forget()
    assert content() == before
    assert count == sum(len(rows) for rows in before.values())
    with bound_to(acme):
        assert Buyer.objects.get(pk=ana.pk).name == "Ana"


def test_it_is_encrypted_and_nobody_elses_to_read(acme: Tenant, folder: Path) -> None:
    path = make_escrow()
    written = path.read_bytes()
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in folder.iterdir()] == [path.name]
    with bound_to(acme):
        key = current_data_key()
    header, _, sealed = written.partition(b"\n")
    assert b'"form": "amana escrow 1"' in header
    for hidden in (key.secret, key.wrapped.sealed, key.id.bytes, acme.pk.bytes, b"data_key"):
        assert hidden not in sealed


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: told[:-1],
        lambda told: told[: len(told) - 33],
        lambda told: told[:600] + bytes([told[600] ^ 1]) + told[601:],
        lambda told: told.replace(b"k1", b"k1", 1).replace(b'"salt": "', b'"salt": "0', 1),
    ],
    ids=["a byte less", "its end cut off", "a bit altered", "its head altered"],
)
def test_a_damaged_one_is_refused_and_leaves_nothing(damage: object, lost: None) -> None:
    path = make_escrow()
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    lose()
    with pytest.raises(EscrowRefused, match="altered or cut short"):
        restore_escrow(path)
    assert {table: [] for table in TABLES} == content()


def test_what_is_no_escrow_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    for words in (b"", b"something\nelse", b"[]\n", b'{"form": "amana escrow 2"}\n'):
        other.write_bytes(words)
        with pytest.raises(EscrowRefused, match=r"isn't an escrow|doesn't know"):
            restore_escrow(other)


def test_it_is_not_mixed_with_what_is_there(databases: None) -> None:
    with pytest.raises(EscrowRefused, match="isn't empty"):
        restore_escrow(make_escrow())


def test_without_its_master_key_it_stays_closed(settings: Settings, lost: None) -> None:
    path = make_escrow()
    lose()
    settings.AMANA_MASTER_KEY = f"k9:{base64.b64encode(bytes(range(32))).decode()}"
    with pytest.raises(MasterKeyMissing, match="k1"):
        restore_escrow(path)
    settings.AMANA_MASTER_KEY = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
    with pytest.raises(EscrowRefused, match="master key"):
        restore_escrow(path)


def test_it_ends_before_certificates_say_so(folder: Path, databases: None) -> None:
    """They are looked at each hour; the last two of their hours are left to that."""
    now = timezone.now().astimezone(UTC)
    ages = {
        "old": timedelta(days=3),
        "nearly": timedelta(days=2, hours=22, minutes=1),
        "young": timedelta(days=2),
    }
    folder.mkdir()
    paths = {name: folder / f"keystore-{now - age:%Y%m%dT%H%M%SZ}.escrow" for name, age in ages.items()}
    for path in paths.values():
        path.touch()

    ended = expire_escrows()

    assert {*ended} == {paths["old"], paths["nearly"]}
    assert [*folder.iterdir()] == [paths["young"]]
    assert ends_at(paths["young"]) == (now - timedelta(days=2)).replace(microsecond=0) + timedelta(days=3)


def test_one_that_was_kept_too_long_isnt_restored(lost: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_escrow()
    lose()
    later = datetime.now(UTC) + timedelta(days=3, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(EscrowRefused, match="has reached its end"):
        restore_escrow(path)


def test_one_of_another_release_isnt_restored(lost: None) -> None:
    path = make_escrow()
    lose()
    with key_store() as connection:
        connection.execute("INSERT INTO schema_version (name) VALUES ('0002_later')")
    try:
        with pytest.raises(EscrowRefused, match="another release"):
            restore_escrow(path)
    finally:
        with key_store() as connection:
            connection.execute("DELETE FROM schema_version WHERE name = '0002_later'")


def test_without_the_other_machines_disk_none_is_made_on_ours(settings: Settings, tmp_path: Path) -> None:
    settings.AMANA_ESCROW_IS_REMOTE = True
    with small_disk(tmp_path / "mnt", "1m") as disk:
        settings.AMANA_ESCROW_DIR = disk.path
        made = make_escrow()
        assert [each.name for each in disk.path.iterdir()] == [made.name]
        disk.unmount()
        for act in (make_escrow, expire_escrows):
            with pytest.raises(EscrowRefused, match=f"{disk.path} isn't mounted"):
                act()
        assert [*disk.point.iterdir()] == []


def test_a_folder_of_our_own_disk_isnt_another_machines(settings: Settings, folder: Path) -> None:
    settings.AMANA_ESCROW_IS_REMOTE = True
    with pytest.raises(EscrowRefused, match="isn't mounted"):
        make_escrow()
    assert not folder.exists()
