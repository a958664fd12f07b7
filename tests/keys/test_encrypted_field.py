import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models import F, Value
from django.forms import modelform_factory

from keys.envelopes import Envelope
from keys.exceptions import CannotWrite, KeyMissing, LookupRefused, Misplaced, UnknownFormat
from keys.fields import EncryptedField
from tenants.binding import bound_to
from tenants.exceptions import CrossTenantError, NoTenantBound
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.keys.looking import read, stored, write
from tests.keys.vault.models import Buyer, Credential

SECRET = "hunter2 كلمة 密码"


@pytest.fixture
def saved(acme: Tenant) -> Credential:
    with bound_to(acme):
        row: Credential = Credential.objects.create(
            label="shop", login=SECRET, note="", scopes={"orders": ["read"]}, token=b"\x00\xff"
        )
        return row


def test_text_json_and_bytes_come_back_as_they_were(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        found = Credential.objects.get(pk=saved.pk)
        assert (found.login, found.note, found.scopes, found.token) == (
            SECRET,
            "",
            {"orders": ["read"]},
            b"\x00\xff",
        )


def test_the_database_has_ciphertext_that_differs_each_time(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        twin = Credential.objects.create(login=SECRET)
        one, other = stored(saved)["login"], stored(twin)["login"]
    assert SECRET.encode() not in one + other
    assert one != other
    assert one[:2] == b"\x01\x01"
    assert len(one) == 18 + 12 + len(SECRET.encode()) + 16


def test_none_is_null_and_empty_text_is_not(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        bare = Credential.objects.create(login="x")
        assert Credential.objects.get(note__isnull=True) == bare
        assert Credential.objects.get(note__isnull=False) == saved
        assert Credential.objects.get(pk=bare.pk).note is None
        saved.note = None
        saved.save()
        assert stored(saved)["note"] is None


def test_values_gives_ciphertext(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        told = Credential.objects.values_list("login", flat=True).get()
        assert isinstance(told, Envelope)
        assert told == stored(saved)["login"]


def test_saving_again_writes_the_same_ciphertext(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        before = stored(saved)
        untouched, looked_at = Credential.objects.get(pk=saved.pk), Credential.objects.get(pk=saved.pk)
        untouched.save()
        looked_at.login = str(looked_at.login)
        assert looked_at.scopes == {"orders": ["read"]}
        looked_at.save()
        saved.save()
        assert stored(saved) == before


def test_a_change_is_saved_also_one_in_place(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        found = Credential.objects.get(pk=saved.pk)
        found.scopes["orders"].append("write")
        found.login = "other"
        found.save()
        again = Credential.objects.get(pk=saved.pk)
        assert (again.login, again.scopes) == ("other", {"orders": ["read", "write"]})


def test_deferred_loading_and_refreshing(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        lazy = Credential.objects.defer("login").get(pk=saved.pk)
        assert lazy.get_deferred_fields() == {"login"}
        lazy.save()
        assert lazy.login == SECRET
        only = Credential.objects.only("login").get(pk=saved.pk)
        assert only.login == SECRET
        Credential.objects.get(pk=saved.pk).__class__.objects.filter(pk=saved.pk).update(label="renamed")
        saved.login = "typed"
        saved.refresh_from_db()
        assert (saved.login, saved.label) == (SECRET, "renamed")


def test_bulk_create_encrypts_each_row_for_itself(acme: Tenant) -> None:
    with bound_to(acme):
        Credential.objects.bulk_create([Credential(login=f"number {n}") for n in range(3)])
        found = sorted(each.login for each in Credential.objects.filter(login__isnull=False))
        assert found == ["number 0", "number 1", "number 2"]


@pytest.mark.parametrize("opened", [True, False])
def test_a_row_copied_to_a_new_key_is_encrypted_anew(acme: Tenant, saved: Credential, opened: bool) -> None:
    with bound_to(acme):
        row = Credential.objects.get(pk=saved.pk)
        if opened:
            assert row.login == SECRET
        row.pk, row._state.adding = new_id(), True
        row.save()
        assert stored(row)["login"] != stored(saved)["login"]
        assert Credential.objects.get(pk=row.pk).login == SECRET
        assert Credential.objects.get(pk=saved.pk).login == SECRET


def test_a_row_keyed_copy_gets_a_key_of_its_own(acme: Tenant) -> None:
    with bound_to(acme):
        first = Buyer.objects.create(name="Ana")
        twin = Buyer.objects.get(pk=first.pk)
        twin.pk = None
        twin._state.adding = True
        twin.save()
        keys = {Envelope(stored(each)["name"]).key_id for each in (first, twin)}
        assert len(keys) == 2
        assert Buyer.objects.get(pk=twin.pk).name == "Ana"


@pytest.mark.parametrize(
    "update",
    [
        lambda rows: rows.update(login="plain"),
        lambda rows: rows.update(login=None),
        lambda rows: rows.update(login=F("note")),
        lambda rows: rows.update(login=Value(b"x")),
        lambda rows: rows.update(login=rows.values_list("login", flat=True)[0]),
        lambda rows: rows.update(login_index=b"x" * 32),
        lambda rows: rows.bulk_update(list(rows), ["login"]),
        lambda rows: rows.bulk_update(list(rows), ["login_index"]),
        lambda rows: rows.create(login=Value("x")),
        lambda rows: rows.bulk_create(
            [Credential(label="shop", login="x")],
            update_conflicts=True,
            unique_fields=["label"],
            update_fields=["login"],
        ),
    ],
)
def test_what_cant_encrypt_is_refused(acme: Tenant, saved: Credential, update: Callable[[Any], Any]) -> None:
    with bound_to(acme):
        before = stored(saved)
        with pytest.raises((CannotWrite, TypeError)), transaction.atomic():
            update(Credential.objects.all())
        assert stored(saved) == before


def test_an_upsert_by_primary_key_encrypts(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        Credential.objects.bulk_create(
            [Credential(pk=saved.pk, login="upserted")],
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=["login", "login_index"],
        )
        assert Credential.objects.get(pk=saved.pk).login == "upserted"


@pytest.mark.parametrize(
    "lookup",
    ["login", "login__exact", "login__in", "login__contains", "login__gt", "login__regex", "scopes__orders"],
)
def test_every_lookup_but_isnull_is_refused(acme: Tenant, saved: Credential, lookup: str) -> None:
    with bound_to(acme), pytest.raises(LookupRefused, match="is encrypted") as refused:
        list(Credential.objects.filter(**{lookup: [SECRET] if lookup.endswith("in") else SECRET}))
    assert isinstance(refused.value, FieldError)


MOVES = {
    "to another row": "UPDATE vault_credential SET login = (SELECT login FROM vault_credential WHERE label = 'shop')"
    " WHERE label = 'other'",
    "to another column": "UPDATE vault_credential SET login = note WHERE label = 'other'",
    "with one bit altered": "UPDATE vault_credential SET login = set_bit(login, 300, 1 - get_bit(login, 300))"
    " WHERE label = 'other'",
}


@pytest.mark.parametrize("move", MOVES)
def test_ciphertext_moved_or_altered_is_refused(acme: Tenant, saved: Credential, move: str) -> None:
    with bound_to(acme):
        other = Credential.objects.create(label="other", login="its own", note="a note")
        write(MOVES[move])
        row = Credential.objects.get(pk=other.pk)
        with pytest.raises(Misplaced, match=f"vault_credential.login of {other.pk} can't be decrypted"):
            assert row.login
        assert row.note == "a note"


def test_ciphertext_moved_to_another_table_is_refused(acme: Tenant) -> None:
    with bound_to(acme):
        buyer = Buyer.objects.create(name="Ana")
        credential = Credential.objects.create(pk=buyer.pk, login="x")
        write("UPDATE vault_credential SET login = (SELECT name FROM vault_buyer)")
        with pytest.raises(Misplaced):
            assert Credential.objects.get(pk=credential.pk).login


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"plain text that was written past us", b"\x02" * 60])
def test_what_is_no_ciphertext_of_ours_is_refused(acme: Tenant, saved: Credential, rubbish: bytes) -> None:
    with bound_to(acme):
        write("UPDATE vault_credential SET login = %s", rubbish)
        with pytest.raises(UnknownFormat, match="no ciphertext of a format that this release knows"):
            assert Credential.objects.get(pk=saved.pk).login


def test_the_name_of_a_key_that_isnt_there_is_refused(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        write("UPDATE vault_credential SET login = set_byte(login, 7, 255 - get_byte(login, 7))")
        with pytest.raises(KeyMissing, match="This tenant has no data key "):
            assert Credential.objects.get(pk=saved.pk).login


def test_a_row_of_acme_stays_closed_at_globex_and_unbound(
    acme: Tenant, globex: Tenant, saved: Credential
) -> None:
    with bound_to(acme):
        row = Credential.objects.get(pk=saved.pk)
    with pytest.raises(NoTenantBound):
        assert row.login
    with bound_to(globex), pytest.raises(CrossTenantError):
        assert row.login


def test_a_form_shows_and_saves_it(acme: Tenant, saved: Credential) -> None:
    form_class = modelform_factory(Credential, fields=["label", "login", "note", "scopes"])
    with bound_to(acme):
        form = form_class(instance=Credential.objects.get(pk=saved.pk))
        assert form.initial["login"] == SECRET
        assert "hunter2" in form.as_p()
        bad = form_class({"label": "x", "login": "y" * 101}, instance=saved)
        assert list(bad.errors) == ["login"]
        good = form_class({"label": "x", "login": "typed", "scopes": '{"a": 1}'}, instance=saved)
        assert good.is_valid(), good.errors
        good.save()
        found = Credential.objects.get(pk=saved.pk)
        assert (found.login, found.note, found.scopes) == ("typed", None, {"a": 1})
    assert "token" not in modelform_factory(Credential, fields="__all__").base_fields
    assert "login_index" not in modelform_factory(Credential, fields="__all__").base_fields


def test_no_plaintext_goes_into_a_pickle_or_a_serialisation(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        row = Credential.objects.get(pk=saved.pk)
        assert row.login == SECRET
        kept = pickle.dumps(row)
        assert b"hunter2" not in kept
        assert pickle.loads(kept).login == SECRET  # noqa: S301 - made a line above
        assert copy.deepcopy(row).login == SECRET
        with pytest.raises(CannotWrite, match="isn't serialised"):
            serializers.serialize("json", [row])
        assert "hunter2" not in repr(row.__dict__)


def test_a_value_of_the_wrong_kind_is_refused(acme: Tenant) -> None:
    with bound_to(acme):
        for wrong in ({"login": 7}, {"token": "text"}, {"scopes": {1, 2}}):
            with pytest.raises(TypeError), transaction.atomic():
                Credential.objects.create(**{"login": "", **wrong})
        assert Credential.objects.count() == 0


def test_a_model_that_cant_work_is_found_by_the_checks() -> None:
    class Wrong(models.Model):  # noqa: DJ008 - never shown
        secret = EncryptedField(unique=True)
        code = models.CharField(max_length=3, primary_key=True)

        class Meta:
            app_label = "wrong_vault"

    class Numbered(models.Model):  # noqa: DJ008 - never shown
        secret = EncryptedField()

        class Meta:
            app_label = "wrong_vault"

    assert {error.id for error in Wrong.check()} >= {"keys.E001", "keys.E003", "keys.E004"}
    assert {error.id for error in Numbered.check()} >= {"keys.E001", "keys.E002"}
    assert Credential.check() == Buyer.check() == []


def test_it_can_be_made_again_by_a_migration() -> None:
    for model in (Credential, Buyer):
        for field in model._meta.local_fields:
            _, _, args, kwargs = field.deconstruct()
            assert type(field)(*args, **kwargs).deconstruct()[1:] == field.deconstruct()[1:]
    assert Buyer._meta.get_field("name").deconstruct()[3] == {"key": "row", "max_length": 100}


def test_reading_other_columns_asks_for_no_key(acme: Tenant, saved: Credential) -> None:
    with bound_to(acme):
        write("UPDATE vault_credential SET login = 'x'")
        row = Credential.objects.get(pk=saved.pk)
        row.label = "renamed"
        row.refresh_from_db()
        row.label = "renamed"
        row.save(update_fields=["label"])
        assert read("SELECT label FROM vault_credential") == [("renamed",)]
