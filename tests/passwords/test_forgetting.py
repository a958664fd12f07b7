"""Forgotten passwords: one answer for every address, and a link that is good for an hour, once."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from accounts.inviting import invite_owner, set_password_link
from accounts.models import KnownBrowser, Session, TotpDevice, User
from accounts.passwords.resetting import send_reset
from accounts.passwords.tasks import answer_forgotten
from accounts.passwords.tokens import INVITATIONS, RESETS, LinkTokens
from accounts.signing_in import address_hash
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import give_device
from tests.support.post import at_once, link_in, posted

NEW = "Kd83-hx7-qz1"
TWICE = {"new_password1": NEW, "new_password2": NEW}
PAGE = "/forgot-password/"
# As long as one another, so that an answer that repeats one is as long as the next.
WHOSE = ["alice@acme.example", "zelda@acme.example", "grace@acme.example", "carol@acme.example"]
KINDS = ["known", "unknown", "inactive", "invited"]


@pytest.fixture
def people(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        grace = fleet.add_user("grace@acme.example", "Grace", "order_manager")
        User.objects.filter(pk=grace.pk).update(is_active=False)
        invite_owner("carol@acme.example", "Carol")


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the request asks of a worker."""
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(answer_forgotten, "apply_async", lambda args, kwargs, **_: asked.append(args))
    return asked


# What differs in each answer, or follows from the length of what was typed.
DRAWN = ("X-Request-ID", "Expires", "Content-Length")


def told(answer: Any, email: str) -> tuple[int, dict[str, str], str]:
    """What a stranger can see of it, but for what they typed and what is drawn by lot in each answer."""
    heads = {name: value for name, value in answer.headers.items() if name not in DRAWN}
    heads["Content-Security-Policy"] = "; ".join(sorted(heads["Content-Security-Policy"].split("; ")))
    text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
    return answer.status_code, heads, text.replace(email, "…").replace(email.replace("@", "%40"), "…")


def test_every_address_gets_the_same_answer(
    acme: Tenant, people: None, nobody_listens: list[tuple[Any, ...]]
) -> None:
    seen = []
    for number, email in enumerate(WHOSE):
        client = Client(SERVER_NAME=acme.primary_host, REMOTE_ADDR=f"192.0.2.{number}")
        with CaptureQueriesContext(connections[acme.schema_name]) as queries:
            answer = client.post(PAGE, {"email": email})
        asked = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in queries]
        assert not any("accounts_user" in query for query in asked)
        seen.append((told(answer, email), asked))
    assert seen[0][0][0] == 200
    assert "belongs to somebody here" in seen[0][0][2]
    assert seen == [seen[0]] * len(seen)
    assert nobody_listens == [(email,) for email in WHOSE]


@pytest.mark.parametrize("email", WHOSE, ids=KINDS)
def test_nobody_is_written_to_more_often_than_three_times_an_hour(
    acme: Tenant, people: None, email: str, nobody_listens: list[tuple[Any, ...]]
) -> None:
    spots = [Client(SERVER_NAME=acme.primary_host, REMOTE_ADDR=f"203.0.113.{number}") for number in range(5)]
    answers = [spot.post(PAGE, {"email": email}) for spot in spots]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert {"Retry-After" in answer.headers for answer in answers[3:]} == {True}
    assert nobody_listens == [(email,)] * 3


@pytest.mark.parametrize("email", WHOSE, ids=KINDS)
def test_only_who_can_sign_in_gets_a_letter(acme: Tenant, people: None, email: str) -> None:
    with posted(acme) as letters, bound_to(acme):
        send_reset(email)
    assert [letter.to for letter in letters] == ([[email]] if email == WHOSE[0] else [])


def test_each_is_told_of_in_the_log_and_a_strangers_address_is_not_kept(acme: Tenant, people: None) -> None:
    before = newest(acme)
    with bound_to(acme):
        for email in WHOSE:
            send_reset(email)
        hashed = address_hash(WHOSE[1])
    assert lines(acme, before) == [
        Line("accounts.reset_asked", "done", "test", "Alice was sent a link for a new password"),
        Line("accounts.stranger_forgot", "refused", "test", f"Somebody unknown forgot a password ({hashed})"),
        Line(
            "accounts.reset_asked",
            "refused",
            "test",
            "A new password was asked for Grace, who can't have one by letter",
        ),
        Line(
            "accounts.reset_asked",
            "refused",
            "test",
            "A new password was asked for Carol, who can't have one by letter",
        ),
    ]
    assert "zelda@" not in str(lines(acme, before))


def test_the_request_leads_to_the_letter_by_way_of_a_worker(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    with posted(acme) as letters, at_once():
        acme_client.post(PAGE, {"email": " Alice@ACME.example "})
    [letter] = letters
    assert letter.to == ["alice@acme.example"]
    assert letter.subject == "A new password for Acme"
    assert "It works once, within 60 minutes." in letter.body


@pytest.mark.parametrize("email", ["", "nonsense", "a" * 300 + "@acme.example"])
def test_what_is_no_address_is_said(acme_client: Client, email: str) -> None:
    assert acme_client.post(PAGE, {"email": email}).status_code == 422


def test_while_letters_cant_be_sent_everybody_is_told(
    acme: Tenant, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(answer_forgotten, "apply_async", away)
    seen = [told(fleet.client_of(acme.primary_host).post(PAGE, {"email": email}), email) for email in WHOSE]
    assert seen[0][0] == 503
    assert "Letters can&#x27;t be sent just now." in seen[0][2]
    assert seen == [seen[0]] * len(seen)


class Hashes:
    """How often a password was hashed, and with how many rounds."""

    def __init__(self) -> None:
        self.done: list[str] = []


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    """Django's own hasher, counted."""
    counted = Hashes()
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counting(*args: Any, _original: Any = original, _name: str = name) -> Any:
            counted.done.append(_name)
            return _original(*args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counting)
    return counted


@pytest.mark.parametrize("email", WHOSE, ids=KINDS)
def test_a_wrong_password_costs_one_hash_whoever_it_is(
    acme: Tenant, people: None, hashes: Hashes, email: str
) -> None:
    hashes.done.clear()
    answer = fleet.client_of(acme.primary_host).post(
        "/sign-in/", {"email": email, "password": "hunter2hunter2"}
    )
    assert answer.status_code == 422
    assert len(hashes.done) == 1


def test_a_refused_sign_in_shows_nothing_of_whose_address_it_is(acme: Tenant, people: None) -> None:
    seen = []
    for number, email in enumerate(WHOSE):
        client = Client(SERVER_NAME=acme.primary_host, REMOTE_ADDR=f"192.0.2.{number}")
        with CaptureQueriesContext(connections[acme.schema_name]) as queries:
            answer = client.post("/sign-in/", {"email": email, "password": "hunter2hunter2"})
        seen.append((told(answer, email), len(queries)))
    assert seen[0][0][0] == 422
    assert seen == [seen[0]] * len(seen)


def asked_for(acme: Tenant, person: User) -> str:
    """The path of the link in the letter."""
    with posted(acme) as letters, bound_to(acme):
        send_reset(person.email)
    return link_in(letters[-1])


def set_by(client: Client, path: str) -> HttpResponse:
    return client.post(client.get(path)["Location"], TWICE)  # type: ignore[return-value]


def signs_in(acme: Tenant, password: str) -> bool:
    client = fleet.client_of(acme.primary_host)
    return client.post("/sign-in/", {"email": "alice@acme.example", "password": password}).status_code == 302


def test_alice_sets_a_new_one_by_the_link_and_owes_the_second_factor_still(
    acme: Tenant, alice: User, acme_client: Client, alice_client: Client
) -> None:
    link = asked_for(acme, alice)
    with bound_to(acme):
        KnownBrowser.objects.create(user=alice, digest="0" * 64)
    with posted(acme) as letters:
        answer = set_by(acme_client, link)
    assert (answer.status_code, answer["Location"]) == (302, "/second-factor/set-up/")
    assert acme_client.get("/contacts/").status_code == 302
    assert alice_client.get("/contacts/").status_code == 302
    with bound_to(acme):
        assert not Session.objects.filter(user=alice).exists()
        assert not KnownBrowser.objects.filter(user=alice).exists()
    assert [letter.subject for letter in letters] == ["Your password at Acme was changed"]
    assert (signs_in(acme, PASSWORD), signs_in(acme, NEW)) == (False, True)


def test_whoever_has_a_second_factor_is_asked_for_it_and_not_let_past(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    with bound_to(acme):
        give_device(alice)
    answer = set_by(acme_client, asked_for(acme, alice))
    assert (answer.status_code, answer["Location"]) == (302, "/second-factor/")
    for page in ("/contacts/", "/change-password/", "/second-factor/set-up/"):
        assert acme_client.get(page).status_code == 302
    with bound_to(acme):
        assert not Session.objects.filter(user=alice).exists()
        assert TotpDevice.objects.filter(user=alice).count() == 1


def test_whoever_owes_none_is_in(acme: Tenant, acme_client: Client) -> None:
    with bound_to(acme):
        dora = User.objects.invite("dora@acme.example", "Dora")
        dora.set_password(PASSWORD)
        dora.save()
    answer = set_by(acme_client, asked_for(acme, dora))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    with bound_to(acme):
        assert Session.objects.filter(user=dora).count() == 1


def test_it_ends_the_session_of_whoever_opens_it_signed_in(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    answer = set_by(alice_client, asked_for(acme, alice))
    assert (answer.status_code, answer["Location"]) == (302, "/second-factor/set-up/")
    assert "Your password is set." in alice_client.get(answer["Location"]).content.decode()
    assert alice_client.get("/contacts/").status_code == 302


def test_it_works_once(acme: Tenant, alice: User, acme_client: Client) -> None:
    link = asked_for(acme, alice)
    set_by(acme_client, link)
    assert acme_client.get(link).status_code == 410


def test_the_latest_one_counts(acme: Tenant, alice: User, acme_client: Client) -> None:
    first, second = asked_for(acme, alice), asked_for(acme, alice)
    assert acme_client.get(first).status_code == 410
    assert acme_client.get(second).status_code == 302


def test_a_sign_in_in_between_ends_it(acme: Tenant, alice: User, acme_client: Client) -> None:
    link = asked_for(acme, alice)
    fleet.signed_in(acme, alice)
    assert acme_client.get(link).status_code == 410


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """So many minutes from now, for tokens."""

    def wait(minutes: float) -> None:
        at = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005 - as Django's own
        monkeypatch.setattr(LinkTokens, "_now", lambda self: at)

    return wait


def test_it_is_good_for_an_hour(acme: Tenant, alice: User, acme_client: Client, later: Any) -> None:
    link = asked_for(acme, alice)
    later(59)
    assert acme_client.get(link).status_code == 302
    later(61)
    assert acme_client.get(link).status_code == 410


def test_a_form_that_was_opened_in_time_isnt_good_for_longer(
    acme: Tenant, alice: User, acme_client: Client, later: Any
) -> None:
    form = acme_client.get(asked_for(acme, alice))["Location"]
    later(61)
    assert acme_client.post(form, TWICE).status_code == 410
    assert signs_in(acme, PASSWORD)


def test_an_invitation_is_good_for_three_days(acme: Tenant, acme_client: Client, later: Any) -> None:
    with bound_to(acme):
        carol = invite_owner("carol@acme.example", "Carol")
        link = urlsplit(set_password_link(carol, acme.site_url)).path
    later(72 * 60 - 1)
    assert acme_client.get(link).status_code == 302
    later(72 * 60 + 1)
    assert acme_client.get(link).status_code == 410


def test_the_two_kinds_of_links_are_not_each_others(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        assert RESETS.check_token(alice, RESETS.make_token(alice))
        assert not RESETS.check_token(alice, INVITATIONS.make_token(alice))
        assert not INVITATIONS.check_token(alice, RESETS.make_token(alice))


def test_a_link_of_acme_is_worthless_at_globex(
    acme: Tenant, globex: Tenant, alice: User, globex_client: Client
) -> None:
    link = asked_for(acme, alice)
    with bound_to(globex):
        User.objects.create(pk=alice.pk, email=alice.email, name="Alice", password=alice.password)
    assert globex_client.get(link).status_code == 410


def test_globex_sends_acmes_people_nothing(globex: Tenant, alice: User, acme: Tenant) -> None:
    with posted(globex) as letters, bound_to(globex):
        send_reset(alice.email)
    assert letters == []
