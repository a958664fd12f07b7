from uuid import uuid4

from django.test import Client

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

TYPED = {"kind": "person", "name": "Dora Quill", "city": "York", "version": "1"}


def test_the_form_shows_what_is_saved(alice_client: Client, dora: Contact, tea: Contact) -> None:
    page = alice_client.get(f"/contacts/{dora.pk}/edit/").content.decode()
    assert 'value="Dora"' in page
    assert '<input type="hidden" name="version" value="1"' in page
    assert f'<option value="{tea.pk}" selected>' in page


def test_alice_changes_it(acme: Tenant, alice_client: Client, dora: Contact) -> None:
    answer = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{dora.pk}/")
    with bound_to(acme):
        saved = Contact.objects.get(pk=dora.pk)
        assert (saved.name, saved.city, saved.company, saved.version) == ("Dora Quill", "York", None, 2)


def test_a_newer_version_is_shown_beside_what_was_typed(
    acme: Tenant, bob: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.city = "Hull"
        dora.update(by=bob, seen=1)
    answer = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Two versions of <bdi>Dora</bdi>" in page
    assert "Saved meanwhile by <bdi>Bob</bdi>. Yours is not saved yet" in page
    assert page.count("Save my version") == 1
    assert "<del>Hull</del>" in page
    assert "<ins>York</ins>" in page
    assert 'value="Dora Quill"' in page
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).city == "Hull"
    assert '<input type="hidden" name="version" value="2"' in page
    assert alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED | {"version": "2"}).status_code == 302
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).city == "York"


def test_a_newer_version_of_one_s_own_is_told_as_that(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.city = "Hull"
        dora.update(by=alice, seen=1)
    page = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED).content.decode()
    assert "You saved it in another window" in page
    assert "Saved meanwhile by" not in page


def test_two_same_versions_leave_nothing_to_decide(
    acme: Tenant, bob: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.name, dora.city, dora.company, dora.phone, dora.email = "Dora Quill", "York", None, "", ""
        dora.update(by=bob, seen=1)
    answer = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED)
    assert answer.status_code == 409
    assert "Both versions say the same" in answer.content.decode()


def test_an_archived_contact_has_no_form_but_the_way_to_restore_it(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.archive(by=alice)
    page = alice_client.get(f"/contacts/{dora.pk}/edit/").content.decode()
    assert "This contact is archived: restore it before changing it." in page
    assert f'action="/contacts/{dora.pk}/restore/"' in page
    assert 'name="version"' not in page


def test_an_archived_contact_is_not_changed_and_nothing_typed_is_lost(
    acme: Tenant, alice: User, alice_client: Client, dora: Contact
) -> None:
    with bound_to(acme):
        dora.archive(by=alice)
    answer = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED | {"version": "2"})
    assert answer.status_code == 422
    assert "Dora Quill" in answer.content.decode()
    assert "restore it before changing it" in answer.content.decode()
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).name == "Dora"


def test_a_form_without_its_version_is_refused(alice_client: Client, dora: Contact) -> None:
    answer = alice_client.post(f"/contacts/{dora.pk}/edit/", TYPED | {"version": ""})
    assert answer.status_code == 422


def test_nobody_there(alice_client: Client) -> None:
    assert alice_client.get(f"/contacts/{uuid4()}/edit/").status_code == 404


def test_mallory_changes_nothing_of_acmes(acme: Tenant, mallory_client: Client, dora: Contact) -> None:
    assert mallory_client.post(f"/contacts/{dora.pk}/edit/", TYPED).status_code == 404
    with bound_to(acme):
        assert Contact.objects.get(pk=dora.pk).name == "Dora"
