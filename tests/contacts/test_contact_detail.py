from uuid import uuid4

from django.test import Client

from business.contacts.models import Contact
from tests.contacts.conftest import MakeContact


def test_a_person_with_a_company(alice_client: Client, dora: Contact, tea: Contact) -> None:
    page = alice_client.get(f"/contacts/{dora.pk}/").content.decode()
    assert f'<a href="/contacts/{tea.pk}/"><bdi>Tea &amp; Co</bdi></a>' in page
    assert "mailto:dora@tea.example" in page
    assert "tel:+447700900001" in page
    assert "by <bdi>Alice</bdi>" in page


def test_an_address_adds_no_reader_to_the_mail_that_is_written_to_it(
    alice_client: Client, make_contact: MakeContact
) -> None:
    eve = make_contact("Eve", email="eve?bcc=mallory@evil.example")
    page = alice_client.get(eve.get_absolute_url()).content.decode()
    assert 'href="mailto:eve%3Fbcc%3Dmallory@evil.example"' in page


def test_a_company_shows_its_people(alice_client: Client, dora: Contact, tea: Contact) -> None:
    page = alice_client.get(f"/contacts/{tea.pk}/").content.decode()
    assert "Dora" in page
    assert f"/contacts/new/?company={tea.pk}" in page


def test_a_company_without_people(alice_client: Client, tea: Contact) -> None:
    assert "Nobody yet." in alice_client.get(f"/contacts/{tea.pk}/").content.decode()


def test_names_stand_in_their_own_direction(alice_client: Client, make_contact: MakeContact) -> None:
    noura = make_contact("نورة العتيبي", country="SA", address="طريق الملك فهد\nحي العليا")
    page = alice_client.get(noura.get_absolute_url()).content.decode()
    assert "<bdi>نورة العتيبي</bdi>" in page
    assert "Saudi Arabia" in page
    assert "<bdi>طريق الملك فهد\nحي العليا</bdi>" in page


def test_nobody_there(alice_client: Client) -> None:
    page = alice_client.get(f"/contacts/{uuid4()}/")
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()
