import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

EMIL = {"kind": "person", "name": "Emil", "phone": "+44 7700 900002", "version": "1"}


def test_alice_adds_a_person(acme: Tenant, alice: User, alice_client: Client, tea: Contact) -> None:
    answer = alice_client.post("/contacts/new/", EMIL | {"company": str(tea.pk)})
    with bound_to(acme):
        emil = Contact.objects.get(name="Emil")
        assert (emil.company, emil.created_by) == (tea, alice)
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{emil.pk}/")
    assert "The contact is saved." in alice_client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Give this contact a name."),
        ({"email": "emil"}, "Enter a valid e-mail address."),
        ({"phone": "ask me"}, "A phone number has digits"),
        ({"country": "XX"}, "Select a valid choice."),
        ({"company": "nonsense"}, "is not a valid UUID"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    acme: Tenant, alice_client: Client, typed: dict[str, str], words: str
) -> None:
    answer = alice_client.post("/contacts/new/", EMIL | {"notes": "Likes <b>tea</b>"} | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page.replace("&#x27;", "'")
    assert "Likes &lt;b&gt;tea&lt;/b&gt;" in page
    assert 'aria-invalid="true"' in page
    with bound_to(acme):
        assert not Contact.objects.filter(phone=EMIL["phone"]).exists()


def test_a_company_of_a_company_is_refused(alice_client: Client, tea: Contact) -> None:
    answer = alice_client.post("/contacts/new/", EMIL | {"kind": "company", "company": str(tea.pk)})
    assert answer.status_code == 422
    assert "A company has no company of its own." in answer.content.decode()


def test_from_a_company_its_name_is_chosen_already(alice_client: Client, tea: Contact) -> None:
    page = alice_client.get(f"/contacts/new/?company={tea.pk}").content.decode()
    assert f'<option value="{tea.pk}" selected>' in page


def test_an_archived_company_is_no_choice(
    acme: Tenant, alice: User, alice_client: Client, tea: Contact
) -> None:
    with bound_to(acme):
        tea.archive(by=alice)
    assert str(tea.pk) not in alice_client.get("/contacts/new/").content.decode()
    assert alice_client.post("/contacts/new/", EMIL | {"company": str(tea.pk)}).status_code == 422


def test_a_visitor_adds_nothing(acme: Tenant, acme_client: Client) -> None:
    assert acme_client.post("/contacts/new/", EMIL).status_code == 302
    with bound_to(acme):
        assert not Contact.objects.exists()
