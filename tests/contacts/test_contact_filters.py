"""The list narrowed by its address: chips show it, and the export goes by it."""

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from business.contacts.filters import ContactFilter
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.conftest import MakeContact


@pytest.fixture
def noura(make_contact: MakeContact) -> Contact:
    return make_contact("نورة العتيبي", country="SA", language="ar")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=company", ["Tea & Co"]),
        ("kind=company&kind-op=not", ["Dora", "نورة العتيبي"]),
        ("company=tea", ["Dora"]),
        ("company=tea&company-op=is", []),
        ("company=TEA %26 CO&company-op=is", ["Dora"]),
        ("company=tea %26 co&company-op=not", ["Tea & Co", "نورة العتيبي"]),
        ("country=SA", ["نورة العتيبي"]),
        ("country=SA&country-op=not&kind=person", ["Dora"]),
        ("language=ar&country=SA&q=نورة", ["نورة العتيبي"]),
        ("kind=company&kind-op=__regex", ["Tea & Co"]),
        ("company=t.a&company-op=__regex", []),
        ("company=%25&company-op=has", []),
        ("company__created_by__password=a&created_by=a&name__regex=.", ["Dora", "Tea & Co", "نورة العتيبي"]),
        ("kind=person%27 OR 1=1--&company=%00", ["Dora", "Tea & Co", "نورة العتيبي"]),
        ("country=Atlantis&language=xx&kind=planet", ["Dora", "Tea & Co", "نورة العتيبي"]),
    ],
)
@pytest.mark.usefixtures("dora", "noura")
def test_each_field_narrows(acme: Tenant, alice: User, query: str, names: list[str]) -> None:
    with bound_to(acme):
        found = ContactFilter.of(QueryDict(query)).found(alice).by_name()
        assert [contact.name for contact in found] == names


def test_a_filter_is_read_again_from_what_it_says_of_itself(acme: Tenant) -> None:
    asked = ContactFilter.of(QueryDict("q=tea&kind=person&kind-op=not&archived=1&country=Atlantis"))

    assert asked.query == {"q": "tea", "archived": "1", "kind": "person", "kind-op": "not"}
    assert ContactFilter.of(asked.query) == asked


@pytest.mark.usefixtures("dora", "noura")
def test_a_chip_names_it_and_leads_to_the_list_without_it(alice_client: Client) -> None:
    page = alice_client.get("/contacts/?country=SA&country-op=not&kind=person&after=x").content.decode()

    assert 'class="chip" href="?country=SA&amp;country-op=not"' in page
    assert '<bdi class="chip-value">Saudi Arabia</bdi>' in page
    assert "is not" in page
    assert "1 contact<" in page.replace("\n", "").replace("  ", "")


@pytest.mark.usefixtures("dora", "noura")
def test_each_tab_counts_what_the_filter_finds_there(
    acme: Tenant, alice: User, alice_client: Client, tea: Contact
) -> None:
    with bound_to(acme):
        tea.archive(by=alice)

    tabs = alice_client.get("/contacts/?kind=company").context["tabs"]

    assert [(tab.label, tab.count, tab.current) for tab in tabs] == [
        ("Active", 0, True),
        ("Archived", 1, False),
    ]
    assert tabs[1].href == "/contacts/?archived=1&kind=company&kind-op=is"
