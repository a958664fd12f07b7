"""Choosing a language: a plain form at the door and in the shell, which leads back to where it was sent from."""

import re

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant

COOKIE = settings.LANGUAGE_COOKIE_NAME


def own_language(user: User, where: Bindable) -> str:
    with bound_to(where):
        return str(User.objects.values_list("language", flat=True).get(pk=user.pk))


def test_the_door_offers_each_language_in_its_own_name(acme_client: Client) -> None:
    page = acme_client.get("/sign-in/?next=/jobs/").content.decode()
    buttons = re.findall(r'name="language" value="(\S+)" lang="(\S+)" ?(\S*)>\s*<bdi>(.+)</bdi>', page)
    assert buttons == [
        ("en", "en", 'aria-current="true"', "English"),
        ("ar", "ar", "", "العربية"),
        ("zh-hans", "zh-hans", "", "简体中文"),
    ]
    assert '<input type="hidden" name="next" value="/sign-in/?next=/jobs/">' in page


def test_a_stranger_reads_what_was_chosen_and_goes_back(acme_client: Client) -> None:
    answer = acme_client.post("/language/", {"language": "ar", "next": "/sign-in/?next=/jobs/"}, follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/jobs/", 302)]
    assert answer["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl"' in answer.content.decode()


def test_the_choice_is_kept_for_a_year_and_out_of_scripts_reach(acme_client: Client) -> None:
    acme_client.post("/language/", {"language": "zh-hans"})
    cookie = acme_client.cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"], cookie["domain"]) == (
        "zh-hans",
        31536000,
        True,
        "Lax",
        "",
    )


def test_alice_changes_her_own_language_and_nobody_elses(
    acme: Tenant, alice: User, bob: User, alice_client: Client
) -> None:
    answer = alice_client.post("/language/", {"language": "ar", "next": "/contacts/"}, follow=True)
    assert answer["Content-Language"] == "ar"
    assert own_language(alice, acme) == "ar"
    assert own_language(bob, acme) == ""


def test_oscar_changes_his(oscar: User, oscar_client: Client) -> None:
    assert oscar_client.post("/language/", {"language": "zh-hans"})["Location"] == "/"
    assert own_language(oscar, CATALOG) == "zh-hans"


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "\t//evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:evil",
        "http://acme.localhost:9999/",
        "http://acme.localhost@evil.example/",
        "accounts:sign-out",
    ],
)
def test_nobody_is_led_to_another_site(acme_client: Client, wanted: str) -> None:
    assert acme_client.post("/language/", {"language": "ar", "next": wanted})["Location"] == "/"


@pytest.mark.parametrize("wanted", ["x", "preferences", "?q=1", "contacts/", "https://acme.localhost/"])
def test_only_a_path_leads_back(acme_client: Client, wanted: str) -> None:
    """Django would look for a view of that name, and fail."""
    assert acme_client.post("/language/", {"language": "ar", "next": wanted})["Location"] == "/"


def test_a_line_break_begins_no_header(acme_client: Client) -> None:
    answer = acme_client.post("/language/", {"language": "ar", "next": "/\r\nX-Mallory: 1\r\n"})
    assert answer["Location"] == "/%0D%0AX-Mallory:%201%0D%0A"
    assert "X-Mallory" not in answer


@pytest.mark.parametrize("language", ["", "fr", "../ar", "AR"])
def test_a_language_that_is_not_ours_is_refused(
    acme: Tenant, alice: User, alice_client: Client, language: str
) -> None:
    answer = alice_client.post("/language/", {"language": language})
    assert answer.status_code == 400
    assert COOKIE not in answer.cookies
    assert own_language(alice, acme) == ""


def test_a_link_changes_nothing(acme: Tenant, alice: User, alice_client: Client) -> None:
    answer = alice_client.get("/language/", {"language": "ar"})
    assert answer.status_code == 405
    assert COOKIE not in answer.cookies
    assert own_language(alice, acme) == ""


def test_another_sites_form_changes_nothing(acme: Tenant, alice: User, alice_client: Client) -> None:
    alice_client.handler.enforce_csrf_checks = True
    answer = alice_client.post("/language/", {"language": "ar"})
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies
    assert own_language(alice, acme) == ""


def test_the_doors_own_form_is_accepted(acme_client: Client) -> None:
    acme_client.handler.enforce_csrf_checks = True
    page = acme_client.get("/sign-in/").content.decode()
    form = page[page.index('action="/language/"') :]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    answer = acme_client.post("/language/", {"language": "ar", "csrfmiddlewaretoken": token[1]})
    assert (answer.status_code, answer.cookies[COOKIE].value) == (302, "ar")
