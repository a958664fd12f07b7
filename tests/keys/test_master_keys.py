"""A wrong, missing or rotated key says so in words: never garbage, never None."""

import base64
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from keys.exceptions import (
    BadMasterKey,
    KeyMissing,
    KeyStoreNotHeld,
    KeyStoreUnprepared,
    MasterKeyMissing,
    WrongMasterKey,
)
from keys.masters import parse_master_keys
from keys.remembering import memory
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.looking import key_store_itself
from tests.keys.vault.models import Credential

ONE = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(32, 64))).decode()


@pytest.fixture
def row(acme: Tenant) -> Iterator[Credential]:
    with bound_to(acme):
        made = Credential.objects.create(login="secret")
        yield Credential.objects.get(pk=made.pk)


def said(row: Credential, error: type[Exception]) -> str:
    memory.forget()
    with pytest.raises(error) as refused:
        assert row.login is None
    assert "secret" not in str(refused.value)
    return str(refused.value)


def test_another_master_key_of_the_same_name(row: Credential, settings: Settings) -> None:
    settings.AMANA_MASTER_KEY = f"k1:{ONE}"
    assert said(row, WrongMasterKey).startswith(
        "The master key “k1” of this process isn't the one that wrapped the data key"
    )


def test_a_master_key_that_this_process_doesnt_hold(row: Credential, settings: Settings) -> None:
    settings.AMANA_MASTER_KEY = f"k2:{ONE},k3:{OTHER}"
    words = "Wrapped by the master key “k1”; this process holds “k2”, “k3” only."
    assert said(row, MasterKeyMissing) == words


def test_no_master_key(row: Credential, settings: Settings) -> None:
    settings.AMANA_MASTER_KEY = ""
    assert "doesn't hold AMANA_MASTER_KEY" in said(row, KeyStoreNotHeld)


def test_no_key_store(row: Credential, settings: Settings) -> None:
    settings.AMANA_KEYSTORE_URL = ""
    assert "doesn't hold AMANA_KEYSTORE_URL" in said(row, KeyStoreNotHeld)


def test_a_key_store_without_tables(row: Credential) -> None:
    with key_store_itself() as connection:
        connection.execute("ALTER TABLE data_key RENAME TO hidden")
        try:
            assert said(row, KeyStoreUnprepared) == "The key store hasn't this code's tables: run prepare."
        finally:
            connection.execute("ALTER TABLE hidden RENAME TO data_key")


def test_a_key_store_of_another_time(row: Credential, acme: Tenant) -> None:
    with key_store_itself() as connection:
        connection.execute("CREATE TABLE elsewhere AS SELECT * FROM data_key WHERE tenant = %s", [acme.pk])
        connection.execute("DELETE FROM row_key WHERE tenant = %s", [acme.pk])
        connection.execute("DELETE FROM data_key WHERE tenant = %s", [acme.pk])
        try:
            assert (
                said(row, KeyMissing)
                == f"{acme.pk} has no data key: prepare makes it, and provisioning does."
            )
        finally:
            connection.execute("INSERT INTO data_key SELECT * FROM elsewhere")
            connection.execute("DROP TABLE elsewhere")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ONE, "can't be read"),
        (f"K1:{ONE}", "can't be read"),
        (f":{ONE}", "can't be read"),
        ("k1:---", "“k1” isn't base64"),
        ("k1:c2hvcnQ=", "“k1” isn't 32 random bytes"),
        (f"k1:{'A' * 43}=", "“k1” isn't 32 random bytes"),
        (f"k1:{ONE},", "can't be read"),
        (f"k1:{ONE},k1:{OTHER}", "names one key twice"),
    ],
)
def test_a_master_key_that_cant_be_read_is_never_repeated(text: str, fault: str) -> None:
    with pytest.raises(BadMasterKey, match=fault) as refused:
        parse_master_keys(text)
    assert ONE not in str(refused.value)


def test_two_at_once_the_first_of_which_wraps() -> None:
    keys = parse_master_keys(f"k2:{OTHER}, k1:{ONE}")
    assert [(key.name, key.secret[0]) for key in keys] == [("k2", 32), ("k1", 0)]
    assert "secret" not in repr(keys)
