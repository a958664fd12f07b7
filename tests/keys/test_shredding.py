"""A destroyed key takes its data along, everywhere at once, and leaves a certificate."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from keys.certificates import certificates
from keys.data_keys import current_data_key, ensure_data_key
from keys.envelopes import Envelope
from keys.exceptions import KeyMissing, KeyShredded, ShreddingRefused
from keys.fields import Fresh
from keys.remembering import memory
from keys.rotating import rotate_data_keys
from keys.shredding import shred_data_key, shred_row, shred_tenant
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.keys.looking import key_store_itself, stored
from tests.keys.vault.models import Buyer, Credential
from tests.support import fleet


@pytest.fixture
def ana(initech: Tenant) -> Buyer:
    with bound_to(initech):
        Buyer.objects.create(name="Bo", phone="+44 2")
        ana: Buyer = Buyer.objects.create(name="Ana", phone="+44 1")
        return ana


def test_a_row_is_destroyed_and_the_others_are_not(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        before = stored(ana)
        certificate = shred_row(ana, "alice", "30 days after delivery")

        assert stored(ana) == before | {"phone_index": None}
        assert Buyer.objects.filter(phone_index="+44 1").count() == 0
        for row in (ana, Buyer.objects.get(pk=ana.pk)):
            with pytest.raises(KeyShredded, match=r"The row key of this value was destroyed on 20\d\d-"):
                assert row.name
        assert Buyer.objects.get(phone_index="+44 2").name == "Bo"
        assert str(certificate).startswith(f"vault_buyer {ana.pk} of {initech.pk}: 1 destroyed on ")
        with key_store_itself() as connection:
            key = Envelope(before["name"]).key_id
            assert connection.execute("SELECT FROM row_key WHERE id = %s", [key]).fetchone() is None


def test_the_certificate_names_the_end_of_the_last_copy_and_is_signed(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        made = shred_row(ana, "alice", "asked for")
        assert certificates() == [made]
    assert abs(made.destroyed_at - timezone.now()) < timedelta(seconds=10)
    assert made.final_at - made.destroyed_at == timedelta(days=3)
    assert (made.tenant, made.keys, made.by, made.reason) == (initech.pk, 1, "alice", "asked for")
    assert made.is_genuine
    forged = [replace(made, final_at=made.destroyed_at), replace(made, by="bob"), replace(made, keys=0)]
    assert [each.is_genuine for each in forged] == [False, False, False]


def test_again_it_is_the_same_certificate(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        first = shred_row(ana, "alice", "asked for")
        assert shred_row(Buyer.objects.get(pk=ana.pk), "bob", "again") == first
        with pytest.raises(KeyMissing, match="has no key"):
            shred_row(Buyer(), "bob", "never saved")
        with pytest.raises(ShreddingRefused, match="have no key of their own"):
            shred_row(Credential.objects.create(login="x"), "bob", "x")


def test_a_shredded_row_can_be_saved_and_written_anew(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        shred_row(ana, "alice", "asked for")
        ana.save()
        row = Buyer.objects.get(pk=ana.pk)
        row.save()
        assert stored(row)["phone_index"] is None
        row.name, row.phone = "gone", None
        row.save()
        assert Buyer.objects.get(pk=ana.pk).name == "gone"


def test_not_inside_a_transaction(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        with transaction.atomic(), pytest.raises(ShreddingRefused, match="inside a transaction"):
            shred_row(ana, "alice", "asked for")
        assert Buyer.objects.get(phone_index="+44 1").name == "Ana"


def test_another_process_forgets_within_about_a_second(initech: Tenant, ana: Buyer) -> None:
    """It has the key in memory and is told nothing."""
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with bound_to(initech):
                assert Buyer.objects.get(pk=ana.pk).name == "Ana"
                os.write(ready[1], b".")
                os.read(go[0], 1)
                threading.Event().wait(1.1)
                Buyer.objects.get(pk=ana.pk).name  # noqa: B018
        except KeyShredded:
            code = 0
        finally:
            os._exit(code)
    assert os.read(ready[0], 1) == b"."
    with bound_to(initech):
        shred_row(ana, "alice", "asked for")
    os.write(go[1], b".")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_older_data_key_ends_when_nothing_needs_it(initech: Tenant) -> None:
    with bound_to(initech):
        row = Credential.objects.create(login="secret")
        old = stored(row)
        with pytest.raises(ShreddingRefused, match="Version 1 is in use"):
            shred_data_key(1, "alice", "leaked")
        rotate_data_keys()
        with pytest.raises(KeyMissing, match="no data key version 7"):
            shred_data_key(7, "alice", "leaked")
        Credential._base_manager.filter(pk=row.pk).delete()
        restored = Credential(id=row.pk, label="from a backup", login=Envelope(old["login"]))
        assert restored.login == "secret"
        certificate = shred_data_key(1, "alice", "leaked")
        assert certificate.subject == "data key version 1"
        with pytest.raises(KeyShredded, match="The data key of this value was destroyed"):
            assert Credential(id=row.pk, login=Envelope(old["login"])).login


def test_an_older_data_key_that_live_rows_need_stays(initech: Tenant) -> None:
    with bound_to(initech):
        row = Credential.objects.create(login="secret")
        old = stored(row)
        Buyer.objects.create(name="Ana")
        rotate_data_keys()
        with key_store_itself() as connection:
            connection.execute(
                "UPDATE row_key SET data_key = (SELECT id FROM data_key WHERE tenant = row_key.tenant AND version = 1)"
                " WHERE tenant = %s",
                [initech.pk],
            )
        Credential.objects.all().delete()
        Credential.objects.bulk_create([Credential(pk=row.pk, login="x")])
        Credential._base_manager.update(login=Fresh(old["login"]))
        with pytest.raises(ShreddingRefused, match="1 values and 1 row keys need version 1"):
            shred_data_key(1, "alice", "leaked")
        assert Credential.objects.get(pk=row.pk).login == "secret"


def test_a_tenant_is_destroyed_whole(initech: Tenant, ana: Buyer) -> None:
    with bound_to(initech):
        row = Credential.objects.create(login="secret")
        certificate = shred_tenant("oscar", "closed")
        assert certificate
        assert (certificate.subject, certificate.keys) == ("all keys", 3)
        told = r"(keys of .* were|row key of this value was) destroyed on 20"
        with pytest.raises(KeyShredded, match=told):
            assert Credential.objects.get(pk=row.pk).login
        with pytest.raises(KeyShredded, match=told):
            assert Buyer.objects.get(pk=ana.pk).name
        with pytest.raises(KeyShredded, match="it gets no new ones"):
            ensure_data_key()
        assert shred_tenant("oscar", "again") == certificate


def test_closing_a_tenant_destroys_its_keys_and_notes_it(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    with bound_to(tenant):
        assert current_data_key().version == 1
    fleet.close(tenant)
    with bound_to(tenant):
        [certificate] = [each for each in certificates() if each.subject == "all keys"]
        with pytest.raises(KeyShredded):
            current_data_key()
    with bound_to(CATALOG):
        [event] = tenant.events.filter(verb="keys destroyed")
    assert event.details == {"certificate": str(certificate.id), "final_at": certificate.final_at.isoformat()}


def test_an_escrow_that_would_live_longer_is_refused(initech: Tenant, settings: Settings) -> None:
    settings.AMANA_ESCROW_DAYS = 4
    with bound_to(initech):
        with pytest.raises(Exception, match="AMANA_ESCROW_DAYS must be 1 to 3, not 4"):
            shred_tenant("oscar", "closed")
        memory.forget()
        assert current_data_key().secret
    settings.AMANA_ESCROW_DAYS = 3
