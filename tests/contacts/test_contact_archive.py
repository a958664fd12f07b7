import pytest
from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant


def test_archived_it_says_so_and_offers_the_way_back(
    acme: Tenant, alice_client: Client, dora: Contact
) -> None:
    answer = alice_client.post(f"/contacts/{dora.pk}/archive/")
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{dora.pk}/")
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).is_archived
    page = alice_client.get(answer["Location"]).content.decode()
    assert "nothing is lost" in page
    assert f'action="/contacts/{dora.pk}/restore/"' in page
    assert "/edit/" not in page


def test_restored_it_is_back(acme: Tenant, alice: User, alice_client: Client, dora: Contact) -> None:
    with bound_to(acme):
        dora.archive(by=alice)
    answer = alice_client.post(f"/contacts/{dora.pk}/restore/")
    assert "The contact is restored." in alice_client.get(answer["Location"]).content.decode()
    with bound_to(acme):
        assert not Contact.objects.get(pk=dora.pk).is_archived


def test_a_second_click_is_answered_in_words(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.archive(by=alice)
    answer = alice_client.post(f"/contacts/{dora.pk}/archive/")
    assert "This contact is archived already." in alice_client.get(answer["Location"]).content.decode()
    alice_client.post(f"/contacts/{dora.pk}/restore/")
    answer = alice_client.post(f"/contacts/{dora.pk}/restore/")
    assert "This contact isn&#x27;t archived." in alice_client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_a_link_changes_nothing(alice_client: Client, dora: Contact, verb: str) -> None:
    assert alice_client.get(f"/contacts/{dora.pk}/{verb}/").status_code == 405


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_mallory_finds_nothing_to_put_away(
    acme: Tenant, mallory_client: Client, dora: Contact, verb: str
) -> None:
    assert mallory_client.post(f"/contacts/{dora.pk}/{verb}/").status_code == 404
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).version == 1


def test_a_form_of_nowhere_is_refused(acme: Tenant, alice_client: Client, dora: Contact) -> None:
    alice_client.handler.enforce_csrf_checks = True
    answer = alice_client.post(f"/contacts/{dora.pk}/archive/")
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()
    with bound_to(acme):
        assert not Contact.objects.get(pk=dora.pk).is_archived
