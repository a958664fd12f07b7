"""What is done to keys is recorded: a tenant's own in its log, the rest in the platform's."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from keys.escrow import expire_escrows, make_escrow, restore_escrow
from keys.exceptions import EscrowRefused, ShreddingRefused
from keys.rotating import rotate_data_keys, rotate_master_key
from keys.shredding import shred_data_key, shred_row
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import kinds, lines, newest, security_events
from tests.keys.vault.models import Buyer


def test_a_tenants_keys_are_told_in_its_own_log(initech: Tenant, globex: Tenant) -> None:
    before, at_globex = newest(initech), newest(globex)
    with bound_to(initech):
        ana = Buyer.objects.create(name="Ana")
        with pytest.raises(ShreddingRefused):
            shred_data_key(1, "test", "too soon")
        rotate_data_keys()
        shred_data_key(1, "test", "old")
        final = shred_row(ana, "test", "Ana asked").final_at.isoformat(timespec="minutes")
        shred_row(ana, "test", "again")
    told = lines(initech, before)
    assert [line[:2] for line in told] == [
        ("keys.key_shredded", "refused"),
        ("keys.data_key_rotated", "done"),
        ("keys.key_shredded", "done"),
        ("keys.key_shredded", "done"),
    ]
    assert told[0].sentence == "The key of data key version 1 was not destroyed: it is needed"
    assert told[1].sentence == "The data key was rotated; version 2 encrypts now"
    assert told[3].sentence.endswith(f"was destroyed; its last copy ends on {final}")
    assert security_events(initech, before)[3].object_id == str(ana.pk)
    assert "Ana" not in str(security_events(initech, before))
    assert lines(globex, at_globex) == []


def test_the_master_key_and_copies_of_the_key_store_are_the_platforms(
    settings: Settings, tmp_path: Path, databases: None
) -> None:
    settings.AMANA_ESCROW_DIR = tmp_path
    before = newest(CATALOG)
    rotate_master_key()
    path = make_escrow()
    with pytest.raises(EscrowRefused):
        restore_escrow(path)
    path.rename(tmp_path / "keystore-20200101T000000Z.escrow")
    expire_escrows()
    assert kinds(CATALOG, before) == [
        ("keys.master_key_rotated", "done"),
        ("keys.escrow_made", "done"),
        ("keys.escrow_restored", "refused"),
        ("keys.escrow_ended", "done"),
    ]
    assert lines(CATALOG, before)[0].sentence == "0 keys were wrapped anew under the master key “k1”"


def test_a_command_about_a_tenants_keys_acts_as_who_gave_it(initech: Tenant) -> None:
    before, in_catalog = newest(initech), newest(CATALOG)
    with bound_to(initech):
        call_command("rotate_data_keys")
    assert [line[:3] for line in lines(initech, before)] == [("keys.data_key_rotated", "done", "test")]
    assert [line.sentence for line in lines(CATALOG, in_catalog)] == [
        "The command rotate_data_keys was carried out"
    ]
