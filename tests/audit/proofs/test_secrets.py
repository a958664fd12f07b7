"""Secrets and people's data are typed into the product by every door; then the whole log is searched for them."""

import secrets
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.conf import settings as product
from django.test import Client
from pytest_django import Settings

from accounts.inviting import set_password_link
from accounts.models import Session, User
from audit import tables
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tenants.places import role_password
from tests.audit.proofs.conftest import attach
from tests.audit.proofs.log import events, new_events
from tests.keys.conftest import APP, make_tables
from tests.keys.looking import stored
from tests.keys.test_dumps import dump, spellings
from tests.keys.vault.models import Buyer, Credential
from tests.support import fleet
from tests.support.authenticator import come_in

PERSON = {
    "kind": "person",
    "name": "Ana Canary-Müller",
    "email": "ana.canary@buyers.example",
    "phone": "+49 30 5550 4711",
    "address": "Kanarienweg 17",
    "city": "Canarias del Norte",
    "tax_id": "DE-CANARY-4711",
    "notes": "prefers تغريد canary-song in the morning",
}
CHANGED = PERSON | {
    "name": "Ana Kanarienvogel",
    "email": "kanarienvogel@buyers.example",
    "phone": "+49 30 5550 9933",
    "notes": "canary-song two",
}
FIELDS = ("name", "email", "phone", "address", "city", "tax_id", "notes")
NEW_PASSWORD = "Canary correct horse 4711!"
WRONG_PASSWORD = "canary that is not it 99!"


@dataclass
class Planted:
    """A tenant that was used, and every word that its log must not hold."""

    tenant: Tenant
    contact: Contact
    words: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def vault(settings: Settings) -> Iterator[None]:
    settings.INSTALLED_APPS = [*product.INSTALLED_APPS, APP]
    settings.TENANT_LABELS = {*product.TENANT_LABELS, "vault"}
    tables._fields.cache_clear()
    yield
    tables._fields.cache_clear()


@pytest.fixture
def planted(vault: None, new_tenant: Callable[[], Tenant]) -> Planted:
    tenant = new_tenant()
    make_tables(tenant)
    attach(tenant)
    owner_link = _operation(tenant).owner_link
    words = {"the owner's link": owner_link.rstrip("/").rpartition("/")[2]}
    with bound_to(tenant):
        olivia = User.objects.get()
        link = set_password_link(olivia, tenant.site_url)
        words["her link"] = link.rstrip("/").rpartition("/")[2]
    client = fleet.client_of(tenant.primary_host)
    _set_password(client, link)
    _sign_in(client, tenant, olivia)
    contact = _contacts(client, tenant)
    with bound_to(tenant):
        words |= _of_sessions()
        words |= _of_the_vault()
        words["her password's hash"] = User.objects.get(pk=olivia.pk).password
    client.post("/sign-out/")
    words |= {"her password": NEW_PASSWORD, "a wrong password": WRONG_PASSWORD}
    words |= {f"a contact's {name}": PERSON[name] for name in FIELDS}
    words |= {f"a contact's new {name}": CHANGED[name] for name in ("name", "email", "phone", "notes")}
    words |= _of_the_platform(tenant)
    return Planted(tenant, contact, words)


def _operation(tenant: Tenant) -> Operation:
    with bound_to(CATALOG):
        return Operation.objects.get(tenant=tenant, kind="provision")


def _set_password(client: Client, link: str) -> None:
    form = client.get(urlsplit(link).path)["Location"]
    assert client.post(form, {"new_password1": "x", "new_password2": "x"}).status_code == 422
    typed = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(form, typed).status_code == 302


def _sign_in(client: Client, tenant: Tenant, user: User) -> None:
    wrong = client.post("/sign-in/", {"email": user.email, "password": WRONG_PASSWORD})
    assert wrong.status_code == 422
    come_in(client, tenant, user.email, NEW_PASSWORD)


def _contacts(client: Client, tenant: Tenant) -> Contact:
    answer = client.post("/contacts/new/", PERSON | {"version": "1"})
    assert answer.status_code == 302, answer.context["form"].errors
    with bound_to(tenant):
        contact = Contact.objects.get()
    page = f"/contacts/{contact.pk}"
    assert client.post(f"{page}/edit/", CHANGED | {"version": "1"}).status_code == 302
    assert client.post(f"{page}/edit/", PERSON | {"version": "1"}).status_code == 409
    assert client.post(f"{page}/archive/").status_code == 302
    assert client.post(f"{page}/restore/").status_code == 302
    return contact


def _of_sessions() -> dict[str, str]:
    session = Session.objects.exclude(user=None).get()
    decoded = session.get_decoded()
    return {
        "her session's key": session.session_key,
        "her session's data": session.session_data,
        "her session's CSRF secret": decoded["_csrftoken"],
        "her session's hash": decoded["_auth_user_hash"],
    }


def _of_the_vault() -> dict[str, str]:
    login, phone, token = (f"canary-{secrets.token_hex(8)}" for _ in range(3))
    credential = Credential.objects.create(
        label="canary-label",
        login=login,
        note="canary-note",
        scopes={"k": "canary-scope"},
        token=token.encode(),
    )
    buyer = Buyer.objects.create(name="Buyer Canary", phone=phone)
    indexes = {
        "login's index": stored(credential)["login_index"],
        "phone's index": stored(buyer)["phone_index"],
    }
    credential.note = "canary-note two"
    credential.save()
    credential.delete()
    words = {"login": login, "phone": phone, "token": token, "note": "canary-note", "scope": "canary-scope"}
    words |= {"buyer": "Buyer Canary", "label": "canary-label"}
    return words | {name: _text(index) for name, index in indexes.items()}


def _text(index: object) -> str:
    return bytes(index).hex() if isinstance(index, (bytes, memoryview)) else str(index)


def _of_the_platform(tenant: Tenant) -> dict[str, str]:
    place = tenant.place
    return {
        "the role's password": role_password(place.role, place.generation),
        "the role secret": product.AMANA_ROLE_SECRET,
        "the identity key": product.AMANA_IDENTITY_KEY,
        "the master key": product.AMANA_MASTER_KEY.rpartition(":")[2],
        "the key store's URL": product.AMANA_KEYSTORE_URL,
        "the provisioner's URL": product.AMANA_PROVISIONER_URL,
    }


def log_of(database: str) -> bytes:
    """All that stands in the log and around it, as pg_dump writes it."""
    return dump(database, ["-n", "audit", "-n", "activity_api"])


def found_in(text: bytes, words: dict[str, str]) -> list[str]:
    return [
        title
        for title, word in words.items()
        if any(spelling in text for spelling in spellings(word) if len(spelling) >= 6)
    ]


@pytest.mark.slow
def test_no_secret_and_no_persons_data_stands_in_any_log(planted: Planted) -> None:
    text = log_of(planted.tenant.schema_name) + log_of("catalog")
    assert text.count(str(planted.contact.pk).encode()) >= 4
    assert all(len(word) >= 6 for word in planted.words.values()), planted.words
    assert found_in(text, planted.words) == []


def test_what_is_searched_for_is_there_to_be_found(planted: Planted) -> None:
    """In the rows' own tables, where it legitimately stands, the same search finds it."""
    rows = dump(planted.tenant.schema_name, ["-n", "public"]) + dump("catalog", ["-n", "public"])
    found = found_in(rows, planted.words)
    assert {"a contact's new name", "a contact's new email", "a contact's address"} <= {*found}
    assert {"her password's hash", "the owner's link"} <= {*found}


def test_that_a_contact_changed_is_told_by_the_names_of_its_columns(planted: Planted) -> None:
    with bound_to(planted.tenant):
        told = [event for event in events() if event.object_id == str(planted.contact.pk)]
    assert [(event.action, event.masked) for event in told] == [
        ("insert", [*FIELDS]),
        ("update", ["name", "email", "phone", "notes"]),
        ("update", None),
        ("update", None),
    ]
    assert told[0].actor.startswith("user:")


def test_an_encrypted_column_is_told_as_the_ciphertext_that_was_stored(planted: Planted) -> None:
    with bound_to(planted.tenant), new_events() as found:
        buyer = Buyer.objects.create(name="Buyer Canary", phone="+1 555 4711")
        row = stored(buyer)
    [event] = found
    told = {name: b64decode(event.after[name]) for name in ("name", "phone")}
    assert told == {"name": bytes(row["name"]), "phone": bytes(row["phone"])}
    assert event.after.keys() == {"id", "name", "phone"}
    assert event.masked is None


def test_a_secret_logged_by_mistake_is_found(planted: Planted) -> None:
    """As if the column had been declared plain."""
    with bound_to(planted.tenant), new_events() as found:
        User.objects.filter(email="owner@example.com").update(name=PERSON["phone"])
    assert len(found) == 1
    assert found_in(log_of(planted.tenant.schema_name), planted.words) == ["a contact's phone"]


def test_a_closed_tenant_leaves_no_secret_in_the_catalogs_log(planted: Planted) -> None:
    fleet.close(planted.tenant)
    assert found_in(log_of("catalog"), planted.words) == []
