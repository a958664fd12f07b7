"""The command palette: pages, actions and records of one person at one site, and what that person opened last."""

from collections.abc import Callable

import pytest
from django.core.cache import cache, caches
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from interface.recents import KEPT, recent_records, remember
from tenants.binding import CATALOG, bound_to
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.support import fleet

AddContact = Callable[..., Contact]


@pytest.fixture(autouse=True)
def nothing_opened(cast: dict[str, Tenant]) -> None:
    """A transaction that is rolled back leaves the cache as it was."""
    for place in (cast["acme"], cast["globex"], CATALOG):
        with bound_to(place):
            cache.clear()


@pytest.fixture
def add_contact(acme: Tenant) -> AddContact:
    def add(name: str, **fields: object) -> Contact:
        with bound_to(acme):
            return Contact.objects.create(name=name, **fields)

    return add


@pytest.fixture
def bob_client(acme: Tenant, bob: User) -> Client:
    return fleet.signed_in(acme, bob)


def offered(client: Client, q: str = "") -> str:
    return client.get("/palette/", {"q": q}).content.decode()


def opened(user: User, tenant: Tenant) -> list[str]:
    with bound_to(tenant):
        return [record.label for record in recent_records(user, user.pk, "tenant")]


def test_untyped_it_offers_pages_and_what_there_is_to_do(alice_client: Client) -> None:
    page = offered(alice_client)
    assert 'href="/jobs/"' in page
    assert 'href="/contacts/new/"' in page
    assert 'formaction="/contacts/export/"' in page
    assert 'formaction="/sign-out/"' in page
    assert "Dark theme" not in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("job", 'href="/jobs/"'),
        ("NEW con", 'href="/contacts/new/"'),
        ("con new", 'href="/contacts/new/"'),
        ("dark", 'formaction="/theme/" name="theme" value="dark"'),
        ("العربية", 'formaction="/language/" name="language" value="ar"'),
        ("language", 'formaction="/language/" name="language" value="zh-hans"'),
        ("shortcut", 'href="/preferences/#keys" data-opens="help"'),
        ("keyboard", 'href="/preferences/#keys" data-opens="help"'),
        ("archived", 'href="/contacts/?archived=1"'),
    ],
)
def test_words_find_pages_and_actions(alice_client: Client, typed: str, found: str) -> None:
    assert found in offered(alice_client, typed)


@pytest.mark.parametrize(
    ("typed", "first", "then"),
    [
        ("new", "New contact", "Newton Ltd"),
        ("export", "Exports of all data", "Dora"),
        ("newt", "Newton Ltd", "Search everything"),
        ("con", ">Contacts<", "New contact"),
    ],
)
def test_what_begins_with_the_words_comes_before_what_only_carries_them(
    alice_client: Client, add_contact: AddContact, typed: str, first: str, then: str
) -> None:
    add_contact("Dora", email="export.new.con@tea.example")
    add_contact("Newton Ltd")
    rows = offered(alice_client, typed).partition('role="option"')[2]
    assert 0 < rows.index(first) < rows.index(then)
    assert first in rows.partition('role="option"')[0]


def test_words_find_contacts_five_at_most_and_lead_to_the_rest(
    alice_client: Client, add_contact: AddContact
) -> None:
    for number in range(7):
        add_contact(f"Dora {number}", email=f"dora{number}@tea.example")
    page = offered(alice_client, "dora")
    assert page.count("dora") - page.count("q=dora") == 6  # five addresses, and the word that was typed
    assert 'href="/contacts/?q=dora"' in page
    assert 'href="/search/?q=dora"' in page
    assert "/contacts/?q=" not in offered(alice_client, "Dora 3")


def test_archived_contacts_are_not_offered(
    alice_client: Client, add_contact: AddContact, alice: User, acme: Tenant
) -> None:
    dora = add_contact("Dora")
    assert f'href="/contacts/{dora.pk}/"' in offered(alice_client, "dora")
    with bound_to(acme):
        dora.archive(by=alice)
    assert f'href="/contacts/{dora.pk}/"' not in offered(alice_client, "dora")


def test_nothing_found_is_said(alice_client: Client) -> None:
    page = offered(alice_client, "zanzibar")
    assert "Nothing matches" in page
    assert ">0 results<" in page


@pytest.mark.parametrize("odd", ["\0", "%", "_", "'\"<script>", "x" * 5000, "  ", "\u202e"])
def test_whatever_is_typed_is_looked_for_and_harmless(alice_client: Client, odd: str) -> None:
    answer = alice_client.get("/palette/", {"q": odd})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


def test_mallory_is_offered_nothing_of_acme(mallory_client: Client, add_contact: AddContact) -> None:
    add_contact("Dora")
    assert "Nothing matches" in offered(mallory_client, "dora")


def test_operators_are_offered_tenants_and_no_contact(
    oscar_client: Client, cast: dict[str, Tenant], add_contact: AddContact
) -> None:
    add_contact("Acme's Dora")
    page = offered(oscar_client, "acme")
    assert f'href="/tenants/{cast["acme"].pk}/"' in page
    assert "Dora" not in page
    assert "/contacts/" not in page
    assert 'href="/tenants/new/"' in offered(oscar_client)


def test_what_alice_opened_comes_first_newest_above(
    alice_client: Client, add_contact: AddContact, alice: User, acme: Tenant
) -> None:
    dora, quill = add_contact("Dora"), add_contact("Quill")
    for contact in (dora, quill, dora):
        alice_client.get(f"/contacts/{contact.pk}/")
    assert opened(alice, acme) == ["Dora", "Quill"]
    page = offered(alice_client)
    assert page.index("Opened recently") < page.index("Dora") < page.index("Quill") < page.index("Pages")


def test_eight_are_kept(add_contact: AddContact, alice: User, acme: Tenant) -> None:
    for number in range(KEPT + 3):
        contact = add_contact(f"Number {number}")
        with bound_to(acme):
            remember(alice.pk, "contact", contact.pk)
    assert opened(alice, acme) == [f"Number {number}" for number in range(10, 2, -1)]


def test_what_bob_beside_her_and_mallory_opened_is_not_alices(
    *,
    alice_client: Client,
    bob_client: Client,
    mallory_client: Client,
    add_contact: AddContact,
    cast: dict[str, Tenant],
    alice: User,
    bob: User,
    mallory: User,
) -> None:
    dora = add_contact("Dora")
    bob_client.get(f"/contacts/{dora.pk}/")
    mallory_client.get(f"/contacts/{dora.pk}/")
    assert opened(bob, cast["acme"]) == ["Dora"]
    assert (opened(alice, cast["acme"]), opened(mallory, cast["globex"])) == ([], [])
    assert "Dora" not in offered(alice_client)
    with bound_to(cast["globex"]):
        remember(bob.pk, "contact", new_id())
        assert recent_records(bob, bob.pk, "tenant") == []
    assert opened(bob, cast["acme"]) == ["Dora"]


def test_what_is_gone_or_of_another_site_vanishes(add_contact: AddContact, alice: User, acme: Tenant) -> None:
    dora, quill = add_contact("Dora"), add_contact("Quill")
    with bound_to(acme):
        for contact in (dora, quill):
            remember(alice.pk, "contact", contact.pk)
        remember(alice.pk, "tenant", acme.pk)
        remember(alice.pk, "unheard-of", new_id())
        quill.delete()
    assert opened(alice, acme) == ["Dora"]


def test_what_was_not_found_is_not_remembered(alice_client: Client, alice: User, acme: Tenant) -> None:
    assert alice_client.get(f"/contacts/{new_id()}/").status_code == 404
    with bound_to(acme):
        assert caches["default"].get(f"recent:{alice.pk}") is None


def test_operators_come_back_to_tenants(oscar_client: Client, cast: dict[str, Tenant]) -> None:
    oscar_client.get(f"/tenants/{cast['globex'].pk}/")
    page = offered(oscar_client)
    assert page.index("Opened recently") < page.index(f"/tenants/{cast['globex'].pk}/") < page.index("Pages")
    assert f"/tenants/{cast['acme'].pk}/" not in page


def test_without_the_cache_it_is_simply_empty(
    alice_client: Client, add_contact: AddContact, alice: User, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = add_contact("Dora")
    alice_client.get(f"/contacts/{dora.pk}/")
    away = caches.create_connection("default")
    away._servers = ["redis://127.0.0.1:1/0"]  # type: ignore[attr-defined]
    monkeypatch.setattr("interface.recents.cache", away)

    assert alice_client.get(f"/contacts/{dora.pk}/").status_code == 200
    page = offered(alice_client)
    assert "Opened recently" not in page
    assert 'href="/jobs/"' in page
