"""One row's key is destroyed: its ciphertext stays in every copy, and opens until the key store's last escrow ends."""

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as product
from django.utils import timezone
from pytest_django import Settings

from backups.models import Backup
from backups.pipeline import open_from
from backups.programs import environment_for, program
from backups.storage.folder import Folder
from backups.taking import DUMP
from keys import escrow
from keys.certificates import Certificate, escrow_lifetime
from keys.envelopes import Cell, Envelope, unseal
from keys.exceptions import EscrowRefused, KeysError
from keys.remembering import memory
from keys.row_keys import Row
from keys.shredding import shred_row
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take, identity_of
from tests.keys.conftest import APP, make_tables
from tests.keys.looking import key_store_itself, stored
from tests.keys.vault.models import Buyer

ANA = "Ana Müller-Wagner"


@pytest.fixture(autouse=True)
def vault(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.INSTALLED_APPS = [*product.INSTALLED_APPS, APP]
    settings.TENANT_LABELS = {*product.TENANT_LABELS, "vault"}
    settings.AMANA_ESCROW_DIR = tmp_path / "escrow"
    memory.forget()
    yield
    memory.forget()


@pytest.fixture
def initech(new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Initech")
    make_tables(tenant)
    return tenant


@pytest.fixture
def ana(initech: Tenant) -> Buyer:
    with bound_to(initech):
        ana: Buyer = Buyer.objects.create(name=ANA, phone="+44 1")
        return ana


@pytest.fixture
def aside() -> Iterator[None]:
    """The key store's rows are put aside, and come back after the test whatever it does."""
    with key_store_itself() as connection:
        for table in escrow.TABLES:
            connection.execute(f"CREATE TABLE aside_{table} AS SELECT * FROM {table}".encode())
        yield
        connection.execute(f"TRUNCATE {', '.join(escrow.TABLES)}".encode())
        for table in escrow.TABLES:
            connection.execute(f"INSERT INTO {table} SELECT * FROM aside_{table}".encode())
            connection.execute(f"DROP TABLE aside_{table}".encode())


def restored(backup: Backup, store: Folder, ana: Buyer) -> bytes:
    """Ana's name as it stands in the scratch database, once the copy was restored there by the drill worker's role."""
    dump = io.BytesIO()
    with store.read(f"{backup.folder}/{DUMP}") as file:
        open_from(file, dump, identity_of(backup.tenant))
    url = os.environ["AMANA_DRILL_URL"]
    with psycopg.connect(url, autocommit=True) as scratch:
        scratch.execute("DROP TABLE IF EXISTS public.vault_buyer")
        environment = environment_for(url)
        command = [program("pg_restore"), "--no-owner", "--no-acl", "-1", "-e", "--table=vault_buyer"]
        command += ["--dbname", environment["PGDATABASE"]]
        subprocess.run(command, input=dump.getvalue(), env=environment, check=True)
        try:
            row = scratch.execute(
                "SELECT name, current_user FROM vault_buyer WHERE id = %s", [ana.pk]
            ).fetchone()
        finally:
            scratch.execute("DROP TABLE public.vault_buyer")
    assert row
    assert row[1] == "amana_drill"
    return bytes(row[0])


def opens(tenant: Tenant, ana: Buyer, ciphertext: bytes) -> bool:
    """As any process that holds the key store and the master key does."""
    memory.forget()
    cell = Cell(tenant.pk, Row("vault_buyer", str(ana.pk)), "name")
    try:
        with bound_to(tenant):
            return unseal(cell, Envelope(ciphertext)) == ANA.encode()
    except KeysError:
        return False


def opens_with(path: Path, tenant: Tenant, ana: Buyer, ciphertext: bytes) -> bool:
    """The same, once the key store was lost and filled from that escrow."""
    with key_store_itself() as connection:
        connection.execute(f"TRUNCATE {', '.join(escrow.TABLES)}".encode())
    escrow.restore_escrow(path)
    return opens(tenant, ana, ciphertext)


def shredded(tenant: Tenant, ana: Buyer) -> Certificate:
    with bound_to(tenant):
        return shred_row(ana, "alice", "30 days after delivery")


def test_it_is_in_the_copy_and_no_process_opens_it(
    initech: Tenant, ana: Buyer, take_copy: Take, store: Folder
) -> None:
    with bound_to(initech):
        written = bytes(stored(ana)["name"])
    before = take_copy(initech)
    ciphertext = restored(before, store, ana)
    assert ciphertext == written
    assert opens(initech, ana, ciphertext)

    shredded(initech, ana)

    assert not opens(initech, ana, ciphertext)
    assert restored(before, store, ana) == ciphertext  # nobody rewrites a copy: it is the key that is gone
    assert not opens(initech, ana, restored(take_copy(initech), store, ana))


def test_an_escrow_from_before_opens_it_until_it_ends_and_one_from_after_never(
    initech: Tenant, ana: Buyer, take_copy: Take, store: Folder, aside: None
) -> None:
    """The truth of the days between: whoever holds the master key and such an escrow still reads the row."""
    copy = take_copy(initech)
    ciphertext = restored(copy, store, ana)
    first = older(escrow.make_escrow(), timedelta(minutes=1))
    final_at = shredded(initech, ana).final_at
    second = escrow.make_escrow()

    assert opens_with(first, initech, ana, ciphertext)
    assert not opens_with(second, initech, ana, ciphertext)
    assert escrow.ends_at(first) <= final_at

    older(first, escrow_lifetime())
    escrow.expire_escrows()
    assert [*product.AMANA_ESCROW_DIR.glob("*.escrow")] == [second]
    assert not opens_with(second, initech, ana, ciphertext)


def older(path: Path, by: timedelta) -> Path:
    """The same escrow, made so much earlier: its name says when it ends."""
    at = escrow.ends_at(path) - escrow_lifetime()
    return path.rename(path.with_name(f"{at - by:{escrow.NAME}}"))


def test_one_that_somebody_kept_too_long_isnt_put_back(
    initech: Tenant, ana: Buyer, aside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = escrow.make_escrow()
    final_at = shredded(initech, ana).final_at
    monkeypatch.setattr(timezone, "now", lambda: final_at + timedelta(seconds=1))
    with key_store_itself() as connection:
        connection.execute(f"TRUNCATE {', '.join(escrow.TABLES)}".encode())
    with pytest.raises(EscrowRefused, match="has reached its end"):
        escrow.restore_escrow(path)
