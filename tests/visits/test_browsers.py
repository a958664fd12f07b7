"""A browser that carries the token of one in which a person was before is known; of a new one they are told."""

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.letters.writing import written
from accounts.models import KnownBrowser, SecurityPolicy, Session, User
from accounts.passwords.resetting import send_reset
from accounts.passwords.rules import PRESETS
from accounts.passwords.validating import was_had
from accounts.visits import disowning
from accounts.visits.browsers import COOKIE, digest_of, is_known
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import give_device
from tests.support.post import posted
from tests.visits.visiting import is_open, row, sign_in

KNOWN_TO_MALLORY = "Kd83-hx7-qz1-Mn5-oak"


def came_before(acme: Tenant, person: User) -> None:
    with bound_to(acme):
        User.objects.get_queryset().filter(pk=person.pk).update(last_login=timezone.now())


def carrying(token: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = token
    return request


def test_the_first_sign_in_of_all_makes_a_browser_known_and_sends_nothing(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    with bound_to(acme):
        User.objects.get_queryset().filter(pk=alice.pk).update(last_login=None)
    with posted(acme) as letters:
        sign_in(acme, acme_client, alice)
        assert COOKIE not in acme_client.cookies, "nobody is inside yet"
        acme_client.get("/contacts/")
    assert letters == []
    cookie = acme_client.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 400 * 24 * 60 * 60)
    with bound_to(acme):
        known = KnownBrowser.objects.get(user=alice)
        assert known.digest == digest_of(cookie.value)
        assert cookie.value not in known.digest
        assert is_known(carrying(cookie.value), alice)
    assert row(acme, acme_client).browser_id == known.pk


def test_a_browser_that_is_new_is_told_of_by_letter_once(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    came_before(acme, alice)
    since = newest(acme)
    with posted(acme) as letters:
        sign_in(acme, acme_client, alice)
        acme_client.get("/contacts/")
        acme_client.get("/contacts/")
    [letter] = letters
    assert (letter.to, letter.subject) == ([alice.email], "A new device signed in at Acme")
    assert "Firefox on Linux" in letter.body
    assert "127.0.0.1" in letter.body
    assert lines(acme, since)[-1] == Line(
        "accounts.browser_new",
        "done",
        f"user:{alice.pk}",
        "Alice came with a new browser: Firefox on Linux",
    )
    with posted(acme) as letters:
        acme_client.post("/sign-out/")
        sign_in(acme, acme_client, alice)
        acme_client.get("/contacts/")
    assert letters == []
    with bound_to(acme):
        assert KnownBrowser.objects.filter(user=alice).count() == 1


def test_the_link_is_in_the_letter_and_in_nothing_that_was_sent_to_the_worker(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    came_before(acme, alice)
    with posted(acme) as letters:
        sign_in(acme, acme_client, alice)
        acme_client.get("/contacts/")
    found = re.search(r"http://acme\S+(/not-me/\S+)", str(letters[0].body))
    assert found
    assert acme_client.get(found[1]).status_code == 200


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
def test_the_letter_is_in_her_language(acme: Tenant, alice: User, language: str) -> None:
    with bound_to(acme):
        alice.language = language
        alice.save(update_fields=["language"])
        facts = {"agent": "", "ip": "203.0.113.7", "at": timezone.now().isoformat()}
        letter = written(alice, "new-device", facts)
    assert letter is not None
    assert letter.message()["Content-Language"] == language
    assert "/not-me/" in letter.body


def test_the_password_alone_makes_no_browser_known(acme: Tenant, acme_client: Client, alice: User) -> None:
    with bound_to(acme):
        give_device(alice)
    acme_client.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    for page in ("/second-factor/", "/locked/", "/contacts/"):
        acme_client.get(page)
    with bound_to(acme):
        assert not KnownBrowser.objects.filter(user=alice).exists()


def test_two_people_take_turns_at_one_browser(
    acme: Tenant, acme_client: Client, alice: User, bob: User
) -> None:
    for person in (alice, bob, alice, bob):
        sign_in(acme, acme_client, person)
        acme_client.get("/contacts/")
        acme_client.post("/sign-out/")
    with bound_to(acme):
        assert KnownBrowser.objects.filter(user=alice).count() == 1
        assert KnownBrowser.objects.filter(user=bob).count() == 1


def test_a_token_that_somebody_made_up_is_not_taken(acme: Tenant, acme_client: Client, alice: User) -> None:
    acme_client.cookies[COOKIE] = "mallory-knows-this"
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    assert acme_client.cookies[COOKIE].value != "mallory-knows-this"
    with bound_to(acme):
        assert not is_known(carrying("mallory-knows-this"), alice)


def test_a_token_of_acme_says_nothing_at_globex_nor_of_somebody_else(
    *,
    acme: Tenant,
    globex: Tenant,
    acme_client: Client,
    alice: User,
    bob: User,
    mallory: User,
) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    token = acme_client.cookies[COOKIE].value
    with bound_to(acme):
        assert is_known(carrying(token), alice)
        assert not is_known(carrying(token), bob)
        at_acme = digest_of(token)
    with bound_to(globex):
        assert not is_known(carrying(token), mallory)
        assert digest_of(token) != at_acme


def test_a_browser_is_forgotten_after_400_days(acme: Tenant, acme_client: Client, alice: User) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    with bound_to(acme):
        KnownBrowser.objects.update(last_seen_at=timezone.now() - timedelta(days=401))
        assert not is_known(carrying(acme_client.cookies[COOKIE].value), alice)


def link_of(acme: Tenant, person: User) -> str:
    with bound_to(acme):
        person.refresh_from_db()
        browser = person.browsers.first() or KnownBrowser.objects.create(user=person, digest="0" * 64)
        return disowning.not_me_path(person, str(browser.pk))


def test_asking_for_a_new_password_in_her_name_does_not_spoil_the_link(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    link = link_of(acme, alice)
    with bound_to(acme):
        send_reset(alice.email)
    assert Client(SERVER_NAME=acme.primary_host).post(link).status_code == 200
    assert not is_open(acme, acme_client)


def test_it_was_not_her_and_everybody_is_out(
    acme: Tenant, acme_client: Client, alice_client: Client, alice: User
) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    link, anybody = link_of(acme, alice), Client(SERVER_NAME=acme.primary_host)
    page = anybody.get(link)
    assert (page.status_code, "It wasn't you?" in page.content.decode()) == (200, True)
    assert is_open(acme, alice_client), "opening the link alone does nothing"

    since = newest(acme)
    done = anybody.post(link)
    assert done.status_code == 200
    assert "Everybody is signed out" in done.content.decode()
    with bound_to(acme):
        assert not Session.objects.filter(user=alice).exists()
        assert not KnownBrowser.objects.filter(user=alice).exists()
        before, after = alice, User.objects.get_queryset().get(pk=alice.pk)
    assert (after.must_set_password, after.link_epoch) == (True, before.link_epoch + 1)
    assert after.has_usable_password(), "so that a new one can be asked for"
    pair = {"email": alice.email, "password": PASSWORD}
    assert anybody.post("/sign-in/", pair).status_code == 422, "whoever knew the password is out, too"
    for client in (acme_client, alice_client):
        assert client.get("/contacts/").status_code == 302
    done_events = [line for line in lines(acme, since) if line.action.startswith("accounts.s")][:2]
    assert [line.action for line in done_events] == ["accounts.sessions_revoked", "accounts.sign_in_disowned"]
    assert {line.actor for line in done_events} == {f"user:{alice.pk}"}

    assert anybody.post(link).status_code == 410, "it works once"


@pytest.mark.parametrize("preset", SecurityPolicy.Preset.values)
def test_the_password_that_somebody_else_knows_is_not_set_again(
    acme: Tenant, alice: User, preset: str
) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(preset=preset)
        alice.set_password(KNOWN_TO_MALLORY)
        alice.save()
        KnownBrowser.objects.create(user=alice, digest="0" * 64)
        assert disowning.disown(alice)
        person = User.objects.get_queryset().get(pk=alice.pk)
        assert was_had(person, KNOWN_TO_MALLORY, PRESETS[preset].history)
        assert not was_had(person, "Another-One-7-of-words", PRESETS[preset].history)


def test_links_are_not_guessed_by_the_thousand(acme: Tenant) -> None:
    anybody = Client(SERVER_NAME=acme.primary_host)
    answers = [anybody.get("/not-me/made-up/").status_code for _ in range(121)]
    assert (answers.count(410), answers[-1]) == (120, 429)


def test_a_link_is_too_old_after_seven_days(acme: Tenant, alice: User, alice_client: Client) -> None:
    link = link_of(acme, alice)
    late = timedelta(days=7, seconds=1).total_seconds()
    with pytest.MonkeyPatch.context() as patch:
        now = timezone.now().timestamp()
        patch.setattr("django.core.signing.time.time", lambda: now + late)
        assert Client(SERVER_NAME=acme.primary_host).post(link).status_code == 410
    assert is_open(acme, alice_client)


def test_a_link_of_acme_does_nothing_at_globex_nor_one_that_was_changed(
    *, acme: Tenant, globex: Tenant, alice: User, mallory: User, alice_client: Client, mallory_client: Client
) -> None:
    link, hers = link_of(acme, alice), link_of(globex, mallory)
    since = newest(globex)
    assert fleet.client_of(globex.primary_host).post(link).status_code == 410
    assert fleet.client_of(acme.primary_host).post(hers).status_code == 410
    assert fleet.client_of(acme.primary_host).post(re.sub(r".{4}/$", "AAAA/", link)).status_code == 410
    assert is_open(acme, alice_client)
    assert is_open(globex, mallory_client)
    assert [(line.action, line.outcome) for line in lines(globex, since)] == [
        ("accounts.sign_in_disowned", "refused")
    ]
