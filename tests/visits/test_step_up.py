"""Before what weighs more, whoever is signed in proves again that it is them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from jobs.models import Job
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.visits.visiting import ago, change, is_open, key_of, row, sign_in

EXPORT = "/contacts/export/"


@pytest.fixture
def unproved(acme: Tenant, alice_client: Client) -> Client:
    change(acme, alice_client, confirmed_at=ago(minutes=5))
    return alice_client


def jobs(acme: Tenant) -> int:
    with bound_to(acme):
        return Job.objects.count()


def test_five_minutes_are_five_minutes(acme: Tenant, alice_client: Client) -> None:
    change(acme, alice_client, confirmed_at=ago(minutes=4.9))
    assert alice_client.post(EXPORT).status_code == 302
    assert jobs(acme) == 1
    change(acme, alice_client, confirmed_at=ago(minutes=5))
    assert alice_client.post(EXPORT).status_code == 403
    assert jobs(acme) == 1


def test_a_session_that_never_proved_anything_is_asked(acme: Tenant, alice_client: Client) -> None:
    change(acme, alice_client, confirmed_at=None)
    assert alice_client.post(EXPORT).status_code == 403
    assert jobs(acme) == 0


def test_the_form_goes_on_once_she_has_proved_it_is_her(acme: Tenant, alice: User, unproved: Client) -> None:
    before, since = key_of(unproved), newest(acme)
    page = unproved.post(f"{EXPORT}?q=tea", {"note": "<for> the auditor", "code": "x1"})
    text = page.content.decode()
    assert page.status_code == 403
    assert 'name="note" value="&lt;for&gt; the auditor"' in text
    assert 'name="code" value="x1"' in text
    assert f'action="{EXPORT}?q=tea"' in text
    assert jobs(acme) == 0

    answer = unproved.post(f"{EXPORT}?q=tea", {"note": "<for> the auditor", "proof": PASSWORD})
    assert answer.status_code == 302
    assert jobs(acme) == 1
    assert key_of(unproved) != before, "under a new key"
    told = [line for line in lines(acme, since) if line.action == "accounts.identity_confirmed"]
    words = "Alice confirmed again that it is them"
    assert told == [Line("accounts.identity_confirmed", "done", f"user:{alice.pk}", words)]


def test_a_wrong_answer_changes_nothing_and_is_told(acme: Tenant, unproved: Client) -> None:
    since = newest(acme)
    page = unproved.post(EXPORT, {"note": "kept", "proof": "hunter2hunter2"})
    assert page.status_code == 422
    assert "This password is wrong" in page.content.decode()
    assert 'value="kept"' in page.content.decode()
    assert "hunter2" not in page.content.decode()
    assert jobs(acme) == 0
    assert [line.outcome for line in lines(acme, since)] == ["refused"]
    assert "hunter2" not in str(lines(acme, since))


def test_the_fifth_wrong_answer_ends_the_session(acme: Tenant, unproved: Client) -> None:
    for _ in range(4):
        assert unproved.post("/confirm/", {"proof": "wrong"}).status_code == 422
    assert unproved.post(EXPORT, {"proof": "wrong"})["Location"].startswith("/sign-in/?next=")
    assert jobs(acme) == 0
    assert not is_open(acme, unproved)


def test_guesses_at_the_lock_and_here_are_one_count(acme: Tenant, unproved: Client) -> None:
    for _ in range(3):
        unproved.post("/confirm/", {"proof": "wrong"})
    unproved.post("/lock/")
    unproved.post("/locked/", {"proof": "wrong"})
    assert row(acme, unproved).wrong_answers == 4


def test_a_password_is_not_carried_in_a_page(acme: Tenant, unproved: Client) -> None:
    typed = {"note": "kept", "new_password": "swordfish 1234"}
    text = unproved.post(
        EXPORT, typed, headers={"referer": "http://acme.localhost/contacts/"}
    ).content.decode()
    assert "swordfish" not in text
    assert "kept</textarea>" in text
    assert "can&#x27;t be sent along" in text or "can't be sent along" in text


def test_the_page_leads_back_to_where_she_was(acme: Tenant, unproved: Client) -> None:
    page = unproved.get("/confirm/?next=/contacts/%3Fq%3Dtea")
    assert page.status_code == 200
    assert "Password" in page.content.decode()
    answer = unproved.post("/confirm/?next=/contacts/%3Fq%3Dtea", {"proof": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/contacts/?q=tea")
    assert unproved.post(EXPORT).status_code == 302
    assert jobs(acme) == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_it_leads_to_no_other_site(unproved: Client, elsewhere: str) -> None:
    answer = unproved.post(f"/confirm/?next={elsewhere}", {"proof": PASSWORD})
    assert answer["Location"] == "/"


def test_a_part_of_a_page_is_told_so(acme: Tenant, unproved: Client) -> None:
    assert unproved.post(EXPORT, headers={"hx-request": "true"}).status_code == 428
    assert jobs(acme) == 0


def test_whoever_may_not_is_refused_before_being_asked(acme: Tenant, bob: User) -> None:
    client = Client(SERVER_NAME=acme.primary_host)
    sign_in(acme, client, bob)
    change(acme, client, confirmed_at=None)
    page = client.post(EXPORT, {"proof": PASSWORD})
    assert page.status_code == 403
    assert "Confirm it" not in page.content.decode()
    assert row(acme, client).confirmed_at is None
    assert jobs(acme) == 0


def test_signing_in_is_a_proof(acme: Tenant, acme_client: Client, alice: User) -> None:
    sign_in(acme, acme_client, alice)
    assert acme_client.post(EXPORT).status_code == 302
    assert jobs(acme) == 1


def test_bob_does_not_confirm_for_alice(acme: Tenant, bob: User, unproved: Client) -> None:
    with bound_to(acme):
        bob.set_password("another horse battery 8")
        bob.save()
    assert unproved.post(EXPORT, {"proof": "another horse battery 8"}).status_code == 422
    assert jobs(acme) == 0


def test_a_proof_of_one_session_is_none_of_another(acme: Tenant, alice: User, unproved: Client) -> None:
    other = Client(SERVER_NAME=acme.primary_host)
    sign_in(acme, other, alice)
    assert unproved.post(EXPORT).status_code == 403
    with bound_to(acme):
        assert Session.objects.filter(user=alice).count() == 2
    assert reverse("contacts:contact-export", "config.urls_tenant") == EXPORT
