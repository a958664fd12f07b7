"""Keys are exchanged while people read and write; nobody notices."""

import base64
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as product
from pytest_django import Settings

from keys.data_keys import current_data_key
from keys.envelopes import Envelope
from keys.exceptions import MasterKeyMissing
from keys.remembering import memory
from keys.rotating import rotate_data_keys, rotate_master_key
from keys.signing_keys import CERTIFICATES, is_signed, sign
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.looking import key_store_itself, stored, write
from tests.keys.vault.models import Buyer, Credential

OLD = product.AMANA_MASTER_KEY
NEW = f"k2:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@pytest.fixture
def master_restored(settings: Settings, databases: None) -> Iterator[None]:
    """The other tests' processes hold the old one only."""
    yield
    settings.AMANA_MASTER_KEY = f"{OLD},{NEW}"
    rotate_master_key()
    settings.AMANA_MASTER_KEY = OLD


def masters() -> set[str]:
    with key_store_itself() as connection:
        query = "SELECT master FROM data_key UNION SELECT master FROM signing_key"
        return {name for (name,) in connection.execute(query).fetchall()}


def test_the_master_key_is_exchanged_step_by_step(
    acme: Tenant, settings: Settings, master_restored: None
) -> None:
    with bound_to(acme):
        row = Credential.objects.create(login="secret")
        before = stored(row)
        signature = sign(CERTIFICATES, b"message")
    settings.AMANA_MASTER_KEY = f"{NEW},{OLD}"
    assert masters() == {"k1"}
    changed = rotate_master_key()
    assert changed >= 4
    assert masters() == {"k2"}
    assert rotate_master_key() == 0
    settings.AMANA_MASTER_KEY = NEW
    memory.forget()
    with bound_to(acme):
        assert Credential.objects.get(pk=row.pk).login == "secret"
        assert stored(row) == before
        assert is_signed(CERTIFICATES, b"message", signature)
        assert sign(CERTIFICATES, b"message") == signature
        settings.AMANA_MASTER_KEY = OLD
        memory.forget()
        with pytest.raises(MasterKeyMissing, match="Wrapped by the master key “k2”"):
            assert Credential.objects.get(pk=row.pk).login


def test_a_new_data_key_encrypts_everything_anew(acme: Tenant) -> None:
    with bound_to(acme):
        row = Credential.objects.create(login="a@b.example", note="n", scopes=[1], token=b"t")
        buyer = Buyer.objects.create(name="Ana", phone="1")
        unsaved = Credential.objects.get(pk=row.pk)
        before, old = stored(row), current_data_key()

        version, rows, row_keys = rotate_data_keys()

        after = stored(row)
        assert (version, rows) == (old.version + 1, 2)
        assert row_keys >= 1
        assert {name for name in before if before[name] != after[name]} == {
            *("login", "login_index", "note", "scopes", "token")
        }
        newest = current_data_key().id
        assert {Envelope(after[name]).key_id for name in ("login", "note", "scopes", "token")} == {newest}
        assert Credential.objects.get(login_index="A@b.example").token == b"t"
        assert (Buyer.objects.get(phone_index="1").name, stored(buyer)["name"]) == (
            "Ana",
            stored(buyer)["name"],
        )
        assert unsaved.login == "a@b.example"
        unsaved.save()
        assert Envelope(stored(unsaved)["login"]).key_id == newest


def test_until_it_is_encrypted_anew_an_old_row_is_read_found_and_healed_by_saving(acme: Tenant) -> None:
    with bound_to(acme):
        row = Credential.objects.create(login="a@b.example")
        before = stored(row)
        rotate_data_keys()
        Credential.objects.all().delete()
        write(
            "INSERT INTO vault_credential (id, label, login, login_index) VALUES (%s, '', %s, %s)",
            *(row.pk, before["login"], before["login_index"]),
        )
        found = Credential.objects.get(login_index="a@b.example")
        assert found.login == "a@b.example"
        found.save()
        assert Envelope(stored(found)["login"]).key_id == current_data_key().id
        assert stored(found)["login_index"] != before["login_index"]


@contextmanager
def busy(tenant: Tenant, works: list[Callable[[int], None]]) -> Iterator[list[int]]:
    """Each work again and again in a thread of its own; a failure is raised at the end."""
    over, failures, counts = threading.Event(), [], [0] * len(works)

    def run(number: int) -> None:
        try:
            while not over.is_set():
                with bound_to(tenant):
                    works[number](counts[number])
                counts[number] += 1
        except Exception as failure:  # noqa: BLE001 - raised below, in the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []


class People:
    """Who read, change and add, each in a thread."""

    def __init__(self) -> None:
        self.rows = [Credential.objects.create(label=f"{n}", login=f"login {n}") for n in range(20)]
        self.buyers = [Buyer.objects.create(name=f"buyer {n}", phone=f"{n}") for n in range(10)]

    def read(self, count: int) -> None:
        n = count % 20
        assert Credential.objects.get(pk=self.rows[n].pk).login.split(",")[0] == f"login {n}"
        assert Buyer.objects.get(phone_index=f"{count % 10}").name == f"buyer {count % 10}"

    def change(self, count: int) -> None:
        row = Credential.objects.get(pk=self.rows[count % 20].pk)
        row.login = f"{row.login.split(',')[0]},{count}"
        row.save()
        assert Credential.objects.get(login_index=row.login).pk == row.pk

    def add(self, count: int) -> None:
        fresh = Buyer.objects.create(name=f"new {count}", phone=f"new {count}")
        assert Buyer.objects.get(pk=fresh.pk).name == f"new {count}"

    def are_all_there(self) -> bool:
        logins = {row.login.split(",")[0] for row in Credential.objects.all()}
        names = {each.name for each in Buyer.objects.filter(pk__in=[buyer.pk for buyer in self.buyers])}
        return logins == {f"login {n}" for n in range(20)} and names == {f"buyer {n}" for n in range(10)}


def test_people_read_and_write_meanwhile(initech: Tenant, settings: Settings, master_restored: None) -> None:
    with bound_to(initech):
        people = People()
    settings.AMANA_MASTER_KEY = f"{NEW},{OLD}"
    with busy(initech, [people.read, people.change, people.add]) as counts:
        for _ in range(3):
            with bound_to(initech):
                rotate_data_keys()
            rotate_master_key()
            memory.forget()
    assert min(counts) > 5
    with bound_to(initech):
        assert current_data_key().version == 4
        assert people.are_all_there()
