"""Changing one's own password: who may, what ends, and who is told."""

import pytest
from django.test import Client

from accounts.models import KnownBrowser, Session, User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.post import posted
from tests.visits.visiting import sign_in

NEW = "Kd83-hx7-qz1"
TYPED = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
PAGE = "/change-password/"


def hash_of(tenant: Tenant, person: User) -> str:
    with bound_to(tenant):
        return User.objects.get(pk=person.pk).password


def test_alice_changes_hers_and_stays_here_and_nowhere_else(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    elsewhere, bobs = fleet.signed_in(acme, alice), fleet.signed_in(acme, bob)
    before, key = newest(acme), alice_client.session.session_key
    with posted(acme) as letters:
        answer = alice_client.post(PAGE, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert alice_client.get("/contacts/").status_code == 200
    assert alice_client.session.session_key != key
    assert elsewhere.get("/contacts/").status_code == 302
    assert bobs.get("/contacts/").status_code == 200
    with bound_to(acme):
        assert Session.objects.filter(user=alice).count() == 1
        assert User.objects.get(pk=alice.pk).check_password(NEW)
    assert lines(acme, before) == [
        Line("accounts.password_set", "done", f"user:{alice.pk}", "Alice has a new password"),
        Line("accounts.password_changed", "done", f"user:{alice.pk}", "Alice changed their password"),
    ]
    assert [(letter.to, letter.subject) for letter in letters] == [
        (["alice@acme.example"], "Your password at Acme was changed")
    ]


def test_only_this_browser_is_known_afterwards(
    acme: Tenant, alice: User, bob: User, acme_client: Client
) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    with bound_to(acme):
        here = KnownBrowser.objects.get()
        for person in (alice, bob):
            KnownBrowser.objects.create(user=person, digest=person.email)

    assert acme_client.post(PAGE, TYPED | {"new_password1": "x"}).status_code == 422
    with bound_to(acme):
        assert KnownBrowser.objects.count() == 3

    assert acme_client.post(PAGE, TYPED).status_code == 302
    with bound_to(acme):
        assert [*KnownBrowser.objects.filter(user=alice)] == [here]
        assert KnownBrowser.objects.filter(user=bob).count() == 1


def test_the_second_factor_that_was_given_still_counts(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    with bound_to(acme):
        given = Session.objects.get(user=alice).factor_at
    alice_client.post(PAGE, TYPED)
    with bound_to(acme):
        assert Session.objects.get(user=alice).factor_at == given
    assert given is not None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (TYPED | {"old_password": "hunter2hunter2"}, "This isn&#x27;t your present password."),
        (TYPED | {"new_password2": "another"}, "didn’t match"),
        (TYPED | {"new_password1": "short", "new_password2": "short"}, "too short"),
        (TYPED | {"new_password1": PASSWORD, "new_password2": PASSWORD}, "Add an upper-case letter"),
        ({}, "This field is required."),
    ],
    ids=["the old one is wrong", "two differ", "too short", "the same again", "nothing"],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    acme: Tenant, alice: User, alice_client: Client, typed: dict[str, str], words: str
) -> None:
    kept = hash_of(acme, alice)
    elsewhere = fleet.signed_in(acme, alice)
    with posted(acme) as letters:
        page = alice_client.post(PAGE, typed)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert hash_of(acme, alice) == kept
    assert elsewhere.get("/contacts/").status_code == 200
    assert letters == []
    assert NEW not in page.content.decode()


def test_a_wrong_present_password_is_recorded(acme: Tenant, alice: User, alice_client: Client) -> None:
    before = newest(acme)
    alice_client.post(PAGE, TYPED | {"old_password": "hunter2hunter2"})
    words = "Alice was refused a new password: the present one was wrong"
    assert lines(acme, before) == [Line("accounts.password_changed", "refused", f"user:{alice.pk}", words)]


def test_nobody_changes_one_without_signing_in(acme: Tenant, alice: User, acme_client: Client) -> None:
    kept = hash_of(acme, alice)
    answer = acme_client.post(PAGE, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={PAGE}")
    assert hash_of(acme, alice) == kept


def test_mallory_changes_nothing_at_acme(
    acme: Tenant, globex: Tenant, alice: User, mallory_client: Client
) -> None:
    kept = hash_of(acme, alice)
    with posted(acme) as letters:
        mallory_client.post(PAGE, TYPED)
        mallory_client.post(PAGE, TYPED, SERVER_NAME=acme.primary_host)
    assert hash_of(acme, alice) == kept
    assert letters == []


def test_it_never_leads_to_another_site(alice_client: Client) -> None:
    answer = alice_client.post(f"{PAGE}?next=//evil.example/", TYPED)
    assert answer["Location"] == "/"


def test_an_operator_changes_theirs_by_the_same_page(
    catalog: None, oscar: User, oscar_client: Client
) -> None:
    with posted(CATALOG) as letters:
        answer = oscar_client.post(PAGE, TYPED)
    assert answer.status_code == 302
    with bound_to(CATALOG):
        assert User.objects.get(pk=oscar.pk).check_password(NEW)
    assert [letter.subject for letter in letters] == ["Your password at Amana operators was changed"]
