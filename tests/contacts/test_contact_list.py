import re
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from business.contacts.pages import SIZE
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.conftest import MakeContact


def text(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_the_start_leads_here(alice_client: Client) -> None:
    assert alice_client.get("/")["Location"] == "/contacts/"


def test_a_visitor_is_sent_to_sign_in(acme_client: Client) -> None:
    assert acme_client.get("/contacts/")["Location"] == "/sign-in/?next=/contacts/"


def test_nothing_yet(alice_client: Client) -> None:
    page = text(alice_client, "/contacts/")
    assert "No contacts yet" in page
    assert "/contacts/new/" in page


def test_a_row_leads_to_its_contact(alice_client: Client, dora: Contact, tea: Contact) -> None:
    page = text(alice_client, "/contacts/")
    assert f'href="/contacts/{dora.pk}/"' in page
    assert '<bdi dir="ltr">+44 7700 900001</bdi>' in page
    assert "2 contacts" in page


def test_paper_says_whose_it_is_which_page_who_printed_it_and_when(alice_client: Client) -> None:
    page = text(alice_client, "/contacts/?q=tea")
    foot = page.partition('<footer class="print-footer">')[2].partition("</footer>")[0]
    assert "<bdi>Acme</bdi>" in foot
    assert '<bdi dir="ltr">acme.localhost/contacts/?q=tea</bdi>' in foot
    assert re.search(r"Printed by <bdi>Alice</bdi>, as of <bdi>\d+ \w+ \d{4}, \d\d:\d\d UTC</bdi>", foot)


def test_no_match_offers_to_clear_the_search(alice_client: Client, dora: Contact) -> None:
    page = text(alice_client, "/contacts/?q=nobody")
    assert "No contact matches" in page
    assert 'href="/contacts/"' in page
    assert 'value="nobody"' in page


def test_no_match_of_filters_alone_offers_to_clear_them(alice_client: Client, dora: Contact) -> None:
    page = text(alice_client, "/contacts/?country=CN")
    assert "Clear the filters" in page
    assert "Clear the search" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=person", {"Dora"}),
        ("kind=company", {"Tea &amp; Co"}),
        ("archived=1", {"Gone"}),
        ("q=leeds", {"Tea &amp; Co"}),
        ("kind=planet&after=x&before=%00&q=%00", {"Dora", "Tea &amp; Co"}),
    ],
)
def test_the_address_says_what_is_shown(
    *,
    acme: Tenant,
    alice: User,
    alice_client: Client,
    dora: Contact,
    make_contact: MakeContact,
    query: str,
    names: set[str],
) -> None:
    gone = make_contact("Gone")
    with bound_to(acme):
        gone.archive(by=alice)
    page = text(alice_client, f"/contacts/?{query}")
    assert {name for name in ("Dora", "Tea &amp; Co", "Gone") if f'"><bdi>{name}</bdi></a>' in page} == names


def test_nothing_is_archived(alice_client: Client, dora: Contact) -> None:
    assert "Nothing is archived" in text(alice_client, "/contacts/?archived=1")


def test_the_next_page_keeps_the_search(alice_client: Client, make_contact: MakeContact) -> None:
    made = [make_contact(f"Tea {number:03}") for number in range(SIZE + 1)]
    first = text(alice_client, "/contacts/?q=tea")
    assert f'href="?q=tea&amp;after={made[SIZE - 1].pk}"' in first
    assert "Previous" not in first
    second = text(alice_client, f"/contacts/?q=tea&after={made[SIZE - 1].pk}")
    assert f"Tea {SIZE:03}" in second
    assert f'href="?q=tea&amp;before={made[SIZE].pk}"' in second
    assert f"{SIZE + 1} contacts" in second


def test_going_on_from_a_contact_nobody_knows_starts_over(alice_client: Client, dora: Contact) -> None:
    assert "Dora" in text(alice_client, f"/contacts/?after={uuid4()}")


def test_globex_sees_none_of_acmes(mallory_client: Client, dora: Contact) -> None:
    assert "No contacts yet" in text(mallory_client, "/contacts/")
    assert mallory_client.get(f"/contacts/{dora.pk}/").status_code == 404


def test_a_search_is_shown_as_typed_and_harmless(alice_client: Client) -> None:
    page = text(alice_client, "/contacts/?q=%3Cscript%3E")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
