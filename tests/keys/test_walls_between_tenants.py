"""Mallory at Globex tries to get at Acme's keys, through our code and past it."""

from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings

from keys.certificates import certificates
from keys.data_keys import DataKey, current_data_key, data_key, data_keys, ensure_data_key
from keys.envelopes import Cell, Envelope, seal, unseal
from keys.exceptions import KeyMissing, KeysError, Misplaced, WrongMasterKey
from keys.remembering import memory
from keys.rotating import rotate_data_keys
from keys.row_keys import Row, row_key, row_key_for
from keys.shredding import shred_tenant
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import CrossTenantError, NoTenantBound
from tenants.models import Tenant
from tenants.places import owner_place
from tests.keys.looking import key_store_itself, stored, write
from tests.keys.vault.models import Buyer, Credential


@pytest.fixture
def acmes_key(acme: Tenant) -> DataKey:
    with bound_to(acme):
        return current_data_key()


@pytest.mark.parametrize(
    "use",
    [
        current_data_key,
        data_keys,
        ensure_data_key,
        rotate_data_keys,
        certificates,
        lambda: shred_tenant("m", "m"),
    ],
)
def test_unbound_nobody_has_keys(databases: None, use: Callable[[], object]) -> None:
    with pytest.raises(NoTenantBound):
        use()


def test_a_databases_owner_has_no_keys(acme: Tenant) -> None:
    with bound_to(owner_place(acme.schema_name)), pytest.raises(KeyMissing, match="belongs to no tenant"):
        current_data_key()


def test_each_tenant_and_the_platform_has_a_key_of_its_own(acme: Tenant, globex: Tenant) -> None:
    secrets = set()
    for place in (acme, globex, CATALOG):
        with bound_to(place):
            secrets.add(current_data_key().secret)
    assert len(secrets) == 3


def test_bound_to_globex_acmes_key_cant_be_named(globex: Tenant, acmes_key: DataKey) -> None:
    with bound_to(globex):
        with pytest.raises(KeyMissing, match=f"no data key {acmes_key.id}"):
            data_key(acmes_key.id)
        assert acmes_key.id not in {key.id for key in data_keys()}


def test_what_acme_is_remembered_for_isnt_there_for_globex(acme: Tenant, globex: Tenant) -> None:
    row = Row("vault_buyer", "1")
    with bound_to(acme):
        mine = row_key_for(row)
        assert row_key(mine.id, row).secret == mine.secret
    with bound_to(globex):
        with pytest.raises(KeyMissing):
            row_key(mine.id, row)
        assert row_key_for(row).secret != mine.secret


def test_acmes_ciphertext_is_worthless_in_globexs_table(acme: Tenant, globex: Tenant) -> None:
    with bound_to(acme):
        row, buyer = Credential.objects.create(login="secret"), Buyer.objects.create(name="Ana")
        stolen, stolen_name = stored(row)["login"], stored(buyer)["name"]
    with bound_to(globex):
        Credential.objects.create(pk=row.pk, login="x")
        Buyer.objects.create(pk=buyer.pk, name="x")
        write("UPDATE vault_credential SET login = %s", stolen)
        write("UPDATE vault_buyer SET name = %s", stolen_name)
        with pytest.raises(KeyMissing, match="the value is another tenant's"):
            assert Credential.objects.get(pk=row.pk).login
        with pytest.raises(KeyMissing, match="the value is another tenant's"):
            assert Buyer.objects.get(pk=buyer.pk).name


def test_a_cell_of_acme_cant_be_sealed_or_opened_at_globex(acme: Tenant, globex: Tenant) -> None:
    cell = Cell(acme.pk, Row("vault_credential", "1"), "login")
    with bound_to(acme):
        sealed = seal(cell, b"secret", row_keyed=False)
    with bound_to(globex):
        with pytest.raises(CrossTenantError):
            unseal(cell, sealed)
        with pytest.raises(CrossTenantError):
            seal(cell, b"x", row_keyed=False)


def test_acmes_key_handed_to_globex_inside_the_key_store_doesnt_unwrap(
    new_vault: Callable[[], Tenant], acme: Tenant
) -> None:
    """Whoever can write the key store, but has no master key, gains nothing by moving rows."""
    initech = new_vault()
    with key_store_itself() as connection:
        connection.execute(
            """UPDATE data_key SET (master, wrapped) = (SELECT master, wrapped FROM data_key WHERE tenant = %s
               ORDER BY version LIMIT 1) WHERE tenant = %s""",
            [acme.pk, initech.pk],
        )
    memory.forget()
    with bound_to(initech), pytest.raises(WrongMasterKey, match="or the key store was altered"):
        assert current_data_key().secret


def test_a_row_key_moved_to_another_row_doesnt_unwrap(acme: Tenant) -> None:
    with bound_to(acme):
        one, other = Buyer.objects.create(name="Ana"), Buyer.objects.create(name="Bo")
        key = Envelope(stored(one)["name"]).key_id
        write("UPDATE vault_buyer SET name = %s WHERE id = %s", stored(one)["name"], other.pk)
        with pytest.raises(Misplaced, match="with the key of another row"):
            assert Buyer.objects.get(pk=other.pk).name
        with key_store_itself() as connection:
            connection.execute("DELETE FROM row_key WHERE of_row = %s", [str(other.pk)])
            connection.execute("UPDATE row_key SET of_row = %s WHERE id = %s", [str(other.pk), key])
        memory.forget()
        with pytest.raises(KeyMissing, match="was altered: it can't be unwrapped"):
            assert Buyer.objects.get(pk=other.pk).name


def test_mallory_at_globex_cant_end_acmes_keys(new_vault: Callable[[], Tenant], acme: Tenant) -> None:
    initech = new_vault()
    with bound_to(initech):
        assert shred_tenant("mallory", "spite")
        with pytest.raises(KeysError):
            current_data_key()
    with bound_to(acme):
        assert current_data_key().secret


def test_no_other_role_of_ours_opens_the_key_store(databases: None) -> None:
    for url in (settings.AMANA_DATABASE_URL, settings.AMANA_PROVISIONER_URL):
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects"):
            psycopg.connect(url, dbname="keystore")
