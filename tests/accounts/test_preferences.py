"""How Alice reads: her own choice, kept with her, in force from the first byte, and nobody else's affair."""

from typing import Any, cast

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import SecurityPolicy, User
from accounts.sessions import SessionStore
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet

COOKIE = settings.LANGUAGE_COOKIE_NAME
CHOSEN = {"language": "ar", "theme": "dark", "density": "compact"}
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]


def kept(user: User, at: Any) -> tuple[str, str, str, bool]:
    with bound_to(at):
        user = User.objects.get(pk=user.pk)
    return user.language, user.theme, user.density, user.shortcuts


BEFORE = ("", "system", "comfortable", True)


def test_they_are_shown_and_saved(alice_client: Client, alice: User, acme: Tenant) -> None:
    assert kept(alice, acme) == BEFORE
    assert 'value="comfortable"' in alice_client.get("/preferences/").content.decode()

    answer = alice_client.post("/preferences/", CHOSEN)

    assert (answer.status_code, answer["Location"]) == (302, "/preferences/")
    assert kept(alice, acme) == ("ar", "dark", "compact", False)
    page = alice_client.get("/contacts/").content.decode()
    assert '<html lang="ar" dir="rtl" data-theme="dark" data-density="compact">' in page
    assert '<meta name="color-scheme" content="dark">' in page


def test_single_keys_come_only_to_whom_they_are_on(alice_client: Client) -> None:
    assert "js/shortcuts" in alice_client.get("/contacts/").content.decode()
    alice_client.post("/preferences/", CHOSEN)
    page = alice_client.get("/contacts/").content.decode()
    assert "js/shortcuts" not in page
    assert "js/palette" in page


def test_operators_have_them_too(oscar_client: Client, oscar: User) -> None:
    assert "As the browser asks for" in oscar_client.get("/preferences/").content.decode()
    oscar_client.post("/preferences/", {**CHOSEN, "shortcuts": "on"})
    assert kept(oscar, CATALOG) == ("ar", "dark", "compact", True)


@pytest.mark.parametrize(
    "wrong", [{"theme": "pink"}, {"density": ""}, {"language": "tlh"}, {"language": "../ar"}, {"theme": ""}]
)
def test_what_there_is_not_is_refused(
    alice_client: Client, alice: User, acme: Tenant, wrong: dict[str, str]
) -> None:
    answer = alice_client.post("/preferences/", {**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert kept(alice, acme) == BEFORE


def test_nothing_but_preferences_is_changed(alice_client: Client, alice: User, acme: Tenant) -> None:
    more = {"name": "Eve", "email": "eve@evil.example", "is_active": "", "password": "x", "pk": "1"}
    assert alice_client.post("/preferences/", {**CHOSEN, **more}).status_code == 302
    with bound_to(acme):
        after = User.objects.get(pk=alice.pk)
    assert (after.name, after.email, after.is_active, after.password) == (
        "Alice",
        "alice@acme.example",
        True,
        alice.password,
    )


def test_bob_and_mallory_go_on_reading_as_they_did(
    alice_client: Client, mallory_client: Client, bob: User, mallory: User, cast: dict[str, Tenant]
) -> None:
    alice_client.post("/preferences/", CHOSEN)
    assert (kept(bob, cast["acme"]), kept(mallory, cast["globex"])) == (BEFORE, BEFORE)
    assert 'lang="en" dir="ltr" data-theme="system"' in mallory_client.get("/contacts/").content.decode()


def test_the_bars_menu_changes_the_theme_and_leads_back(
    alice_client: Client, alice: User, acme: Tenant
) -> None:
    answer = alice_client.post("/theme/", {"theme": "dark", "next": "/jobs/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/?page=2")
    assert kept(alice, acme) == ("", "dark", "comfortable", True)
    assert 'data-theme="dark"' in alice_client.get("/jobs/").content.decode()


def test_the_bars_menu_changes_the_language_and_leads_back(
    alice_client: Client, alice: User, acme: Tenant
) -> None:
    answer = alice_client.post("/language/", {"language": "zh-hans", "next": "/jobs/"})
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    assert kept(alice, acme) == ("zh-hans", "system", "comfortable", True)
    assert '<html lang="zh-hans"' in alice_client.get("/jobs/").content.decode()


def test_a_stranger_chooses_a_language_for_this_browser(acme_client: Client) -> None:
    answer = acme_client.post("/language/", {"language": "ar", "next": "/sign-in/?next=/jobs/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/jobs/")
    assert answer.cookies[COOKIE].value == "ar"
    assert '<html lang="ar" dir="rtl" data-theme="system"' in acme_client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_menu_leads_to_another_site(alice_client: Client, path: str, elsewhere: str) -> None:
    asked = {"theme": "dark", "language": "ar", "next": elsewhere}
    assert alice_client.post(path, asked)["Location"] == "/"


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
@pytest.mark.parametrize("asked", [{}, {"theme": "pink", "language": "tlh"}, {"theme": "", "language": ""}])
def test_a_menu_takes_only_what_it_offers(
    alice_client: Client, alice: User, acme: Tenant, path: str, asked: dict[str, str]
) -> None:
    answer = alice_client.post(path, asked)
    assert answer.status_code == 400
    assert COOKIE not in answer.cookies
    assert kept(alice, acme) == BEFORE


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
def test_a_link_changes_nothing(alice_client: Client, alice: User, acme: Tenant, path: str) -> None:
    assert alice_client.get(f"{path}?theme=dark&language=ar").status_code == 405
    assert kept(alice, acme) == BEFORE


def test_the_account_menu_says_truly_how_safe_the_sign_in_is(acme: Tenant) -> None:
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")  # owes no second factor
    client = fleet.signed_in(acme, carol)
    page = client.get("/contacts/").content.decode()
    assert "Signed in with a second factor" in page
    assert "or until nothing is done for 60 minutes" in page
    with bound_to(acme):
        cast(SessionStore, client.session).mark(factor_at=None)
        SecurityPolicy.objects.update(idle_minutes=20)
    page = client.get("/contacts/").content.decode()
    assert "Signed in by password only" in page
    assert "or until nothing is done for 20 minutes" in page
