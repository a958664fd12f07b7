"""The search page: the palette's results in full, for whoever has no script or wants to see them all."""

from django.test import Client

from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant


def shown(client: Client, q: str) -> str:
    return client.get("/search/", {"q": q}).content.decode()


def test_it_shows_every_kind_under_its_heading(alice_client: Client, acme: Tenant) -> None:
    with bound_to(acme):
        dora = Contact.objects.create(name="Newton Contact", city="Leeds")
    page = shown(alice_client, "contact")
    assert [page.index(f">{name}</h2>") for name in ("Pages", "Contacts", "Actions")] == sorted(
        page.index(f">{name}</h2>") for name in ("Pages", "Contacts", "Actions")
    )
    assert f'href="/contacts/{dora.pk}/"' in page
    assert 'href="/contacts/new/"' in page
    assert 'formaction="/contacts/export/"' in page


def test_it_shows_more_than_the_palette_and_where_the_rest_is(alice_client: Client, acme: Tenant) -> None:
    with bound_to(acme):
        for number in range(26):
            Contact.objects.create(name=f"Dora {number:02}")
    page = shown(alice_client, "dora")
    assert page.count("<bdi>Dora ") == 25
    assert 'href="/contacts/?q=dora"' in page


def test_nothing_found_is_said_with_the_words_and_a_way_on(alice_client: Client) -> None:
    page = shown(alice_client, "<b>zanzibar</b>")
    assert "<bdi>&lt;b&gt;zanzibar&lt;/b&gt;</bdi>" in page
    assert 'href="/search/"' in page
    assert 'class="empty-mark"' in page
    assert 'class="found-row' not in page


def test_without_words_it_offers_what_the_palette_does(alice_client: Client) -> None:
    page = shown(alice_client, "")
    assert 'class="found-row row-link" href="/jobs/"' in page
    assert "Nothing matches" not in page.partition("<main")[2].partition("</main>")[0]


def test_mallory_finds_nothing_of_acme(mallory_client: Client, acme: Tenant) -> None:
    with bound_to(acme):
        Contact.objects.create(name="Dora")
    assert "Nothing matches" in shown(mallory_client, "dora")


def test_operators_find_tenants_by_short_name_and_name(oscar_client: Client, cast: dict[str, Tenant]) -> None:
    for words in ("globex", "GLOB", "Globex"):
        assert f'href="/tenants/{cast["globex"].pk}/"' in shown(oscar_client, words)
    assert f'href="/tenants/{cast["acme"].pk}/"' not in shown(oscar_client, "globex")


def test_it_is_not_kept_by_browsers(alice_client: Client) -> None:
    for path in ("/search/?q=dora", "/palette/?q=dora"):
        assert "no-store" in alice_client.get(path)["Cache-Control"]


def test_the_bar_leads_to_it_with_and_without_script(alice_client: Client) -> None:
    page = alice_client.get("/jobs/").content.decode()
    assert 'role="search" method="get" action="/search/"' in page
    assert 'href="/search/" data-opens="palette"' in page
