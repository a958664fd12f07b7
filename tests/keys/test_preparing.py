from pathlib import Path

from pytest_django import Settings

from keys.data_keys import current_data_key
from keys.migrating import applied, files, migrate_key_store
from keys.preparing import prepare_keys
from keys.remembering import memory
from keys.signing_keys import CERTIFICATES, is_signed, public_key, sign
from keys.store import key_store
from keys.tasks import end_escrows, escrow_keys
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.keys.looking import key_store_itself


def test_the_tables_are_made_once_by_amana_keys(databases: None) -> None:
    assert migrate_key_store() == []
    with key_store() as opened:
        assert applied(opened) == files() == ["0001_keys_and_certificates"]
        query = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert opened.execute(query).fetchall() == [("amana_keys",)]


def test_a_tenant_from_before_there_were_keys_gets_one(initech: Tenant) -> None:
    with key_store_itself() as opened:
        opened.execute("DELETE FROM data_key WHERE tenant = %s", [initech.pk])
        opened.execute("DELETE FROM signing_key")
    prepare_keys()
    prepare_keys()
    memory.forget()
    with bound_to(initech):
        assert current_data_key().version == 1
    with bound_to(CATALOG):
        assert current_data_key().secret


def test_a_signature_is_of_its_purpose_and_message_alone(databases: None) -> None:
    signature = sign(CERTIFICATES, b"message")
    assert is_signed(CERTIFICATES, b"message", signature)
    assert not is_signed(CERTIFICATES, b"another", signature)
    assert not is_signed(CERTIFICATES, b"message", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert len(public_key(CERTIFICATES)) == 32


def test_beat_asks_control_for_copies_and_their_end(
    databases: None, settings: Settings, tmp_path: Path
) -> None:
    settings.AMANA_ESCROW_DIR = tmp_path
    escrow_keys()
    [path] = tmp_path.iterdir()
    path.rename(tmp_path / "keystore-20200101T000000Z.escrow")
    end_escrows()
    assert [*tmp_path.iterdir()] == []
