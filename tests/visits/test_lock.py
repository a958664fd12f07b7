"""The lock is the server's: whatever a browser does, nothing comes through until its person says who they are."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityPolicy, Session, TotpDevice, User
from accounts.sessions import SessionStore
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.visits.visiting import PAGE, ago, change, is_open, key_of, row


@pytest.fixture
def locked(acme: Tenant, alice_client: Client) -> Client:
    change(acme, alice_client, locked_at=timezone.now())
    return alice_client


def test_alice_locks_her_screen_and_unlocks_it(acme: Tenant, alice: User, alice_client: Client) -> None:
    since = newest(acme)
    answer = alice_client.post("/lock/", {"next": "/contacts/?q=tea"})
    assert (answer.status_code, answer["Location"]) == (302, "/locked/?next=%2Fcontacts%2F%3Fq%3Dtea")
    page = alice_client.get(answer["Location"])
    assert page.status_code == 200
    assert "Alice" in page.content.decode()
    back = alice_client.post(answer["Location"], {"proof": PASSWORD})
    assert (back.status_code, back["Location"]) == (302, "/contacts/?q=tea")
    assert alice_client.get("/contacts/").status_code == 200
    me = f"user:{alice.pk}"
    assert lines(acme, since) == [
        Line("accounts.screen_locked", "done", me, "The screen of Alice was locked"),
        Line("accounts.screen_unlocked", "done", me, "Alice unlocked the screen"),
    ]


def test_nothing_is_answered_behind_the_lock(acme: Tenant, locked: Client) -> None:
    page = locked.get("/contacts/?q=tea", headers=PAGE)
    assert (page.status_code, page["Location"]) == (302, "/locked/?next=%2Fcontacts%2F%3Fq%3Dtea")
    assert locked.get("/contacts/", headers={"hx-request": "true"}).status_code == 423
    assert locked.get("/contacts/", headers={"accept": "*/*"}).status_code == 423
    for path in ("/security/", "/confirm/", "/preferences/", "/search/", "/here/", "/jobs/"):
        assert locked.get(path).status_code == 302
    assert locked.post("/theme/", {"theme": "dark"}).status_code == 423
    assert row(acme, locked).user.theme == "system"  # type: ignore[union-attr]
    assert row(acme, locked).locked_at is not None


@pytest.mark.parametrize("page", ["", "recovery/", "set-up/"])
def test_nobody_gives_themselves_a_second_factor_behind_the_lock(
    acme: Tenant, locked: Client, page: str
) -> None:
    for client in (locked.get, locked.post):
        answer = client(f"/second-factor/{page}")
        assert answer.status_code in (302, 423)
        assert answer.get("Location", "/locked/").startswith("/locked/")
    with bound_to(acme):
        assert not TotpDevice.objects.exists()


def test_a_form_sent_to_a_locked_session_waits_and_loses_nothing(acme: Tenant, locked: Client) -> None:
    typed = {"name": "Tea & Co", "kind": "company", "version": "1", "notes": "One\nTwo"}
    page = locked.post("/contacts/new/", typed)
    text = page.content.decode()
    assert page.status_code == 423
    assert 'name="name" value="Tea &amp; Co"' in text
    assert 'action="/contacts/new/"' in text
    with bound_to(acme):
        assert not Contact.objects.exists()

    wrong = locked.post("/contacts/new/", {**typed, "proof": "hunter2"})
    assert wrong.status_code == 422
    assert 'value="Tea &amp; Co"' in wrong.content.decode()
    assert "hunter2" not in wrong.content.decode()
    with bound_to(acme):
        assert not Contact.objects.exists()

    assert locked.post("/contacts/new/", {**typed, "proof": PASSWORD}).status_code == 302
    with bound_to(acme):
        assert [*Contact.objects.values_list("name", flat=True)] == ["Tea & Co"]


def test_signing_out_and_the_language_still_work(acme: Tenant, locked: Client) -> None:
    assert locked.post("/language/", {"language": "ar"}).status_code == 302
    assert locked.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_open(acme, locked)


def test_the_server_locks_by_itself_where_no_script_asks(acme: Tenant, alice_client: Client) -> None:
    change(acme, alice_client, last_seen_at=ago(minutes=14))
    assert alice_client.get("/contacts/").status_code == 200
    change(acme, alice_client, last_seen_at=ago(minutes=15))
    assert alice_client.get("/contacts/")["Location"].startswith("/locked/")
    with bound_to(acme):
        SecurityPolicy.objects.update(lock_minutes=700)
    assert alice_client.get("/contacts/")["Location"].startswith("/locked/"), "locked it stays"


def test_the_lock_is_not_answered_by_the_password_of_somebody_else(
    acme: Tenant, bob: User, locked: Client
) -> None:
    with bound_to(acme):
        bob.set_password("another horse battery 8")
        bob.save()
    assert locked.post("/locked/", {"proof": "another horse battery 8"}).status_code == 422
    assert row(acme, locked).locked_at is not None


def test_the_fifth_wrong_password_ends_the_session(acme: Tenant, locked: Client, alice: User) -> None:
    since = newest(acme)
    for _ in range(4):
        page = locked.post("/locked/?next=/contacts/", {"proof": "wrong"})
        assert page.status_code == 422
        assert "This password is wrong" in page.content.decode()
    assert is_open(acme, locked)
    answer = locked.post("/locked/", {"proof": "wrong"})
    assert answer["Location"].startswith("/sign-in/?next=")
    assert "wrong too often" in locked.get(answer["Location"]).content.decode()
    assert locked.get("/contacts/").status_code == 302
    with bound_to(acme):
        assert not Session.objects.filter(user=alice).exists()
    assert [line.outcome for line in lines(acme, since)] == ["refused"] * 4 + ["done"]
    assert lines(acme, since)[-1].sentence == "A session of Alice ended: wrong answers"


def test_a_right_password_comes_too_late_after_five_wrong_ones(acme: Tenant, locked: Client) -> None:
    change(acme, locked, wrong_answers=5)
    assert locked.post("/locked/", {"proof": PASSWORD})["Location"].startswith("/sign-in/")
    assert not is_open(acme, locked)


def test_a_right_one_begins_the_count_anew(acme: Tenant, locked: Client) -> None:
    change(acme, locked, wrong_answers=4)
    locked.post("/locked/", {"proof": PASSWORD})
    assert row(acme, locked).wrong_answers == 0


def test_in_a_page_the_lock_is_a_part_that_comes_and_goes(acme: Tenant, locked: Client) -> None:
    part = {"hx-request": "true"}
    wrong = locked.post("/locked/", {"proof": "wrong"}, headers=part)
    assert wrong.status_code == 422
    assert "<html" not in wrong.content.decode()
    assert "This password is wrong" in wrong.content.decode()
    right = locked.post("/locked/", {"proof": PASSWORD}, headers=part)
    assert (right.status_code, right["HX-Trigger"]) == (200, "unlocked")
    assert "This password is wrong" not in right.content.decode()
    assert row(acme, locked).locked_at is None


def test_a_request_that_began_before_the_lock_does_not_unlock_by_saving(
    acme: Tenant, alice_client: Client
) -> None:
    with bound_to(acme):
        slow = SessionStore(key_of(alice_client))
        slow["colour"] = "blue"
        Session.objects.filter(pk=key_of(alice_client)).update(locked_at=timezone.now())
        slow.save()
    assert row(acme, alice_client).locked_at is not None


def test_nor_by_going_on_under_a_new_key(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        slow = SessionStore(key_of(alice_client))
        slow["colour"] = "blue"
        Session.objects.filter(pk=key_of(alice_client)).update(locked_at=timezone.now())
        assert slow.rotate()
        slow.save()
        assert Session.objects.get(pk=slow.session_key).locked_at is not None


def test_every_page_carries_the_lock_and_when_it_falls(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(lock_minutes=7)
    text = alice_client.get("/contacts/").content.decode()
    assert 'data-after="7"' in text
    assert 'data-lock="/lock/"' in text
    assert 'action="/lock/"' in text, "the account menu has it, too"
