"""Which language a page speaks: the person's, the tenant's, the browser's; and never the last request's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.translation import get_language

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import code_for

COOKIE = settings.LANGUAGE_COOKIE_NAME
WAYS = {"en": "ltr", "ar": "rtl", "zh-hans": "ltr"}
ARABIC, CHINESE, FRENCH = (
    {"accept-language": "ar-SA,en;q=0.5"},
    {"accept-language": "zh-CN"},
    {"accept-language": "fr"},
)


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No host is remembered, and whatever a test does, its thread speaks nobody's language afterwards."""
    monkeypatch.setattr("tenants.hosts._recall", lambda _host: ("", None))
    yield
    assert get_language() == settings.LANGUAGE_CODE


def in_language(tenant: Tenant, language: str) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=tenant.pk).update(language=language)


def prefers(user: User, tenant: Any, language: str) -> None:
    with bound_to(tenant):
        User.objects.filter(pk=user.pk).update(language=language)


AliceAtAcme = Callable[[str, str], Client]


@pytest.fixture
def alice_at_acme(acme: Tenant, catalog: None, alice: User, alice_client: Client) -> AliceAtAcme:
    """Alice, whose own language and whose tenant's are given."""

    def prefer(own: str, of_acme: str) -> Client:
        in_language(acme, of_acme)
        prefers(alice, acme, own)
        return alice_client

    return prefer


def spoken(response: Any) -> str:
    """The language of header and page, which must agree on it and on its direction."""
    language = str(response["Content-Language"])
    assert f'<html lang="{language}" dir="{WAYS[language]}"' in response.content.decode()
    return language


@pytest.mark.parametrize("language", WAYS)
def test_a_stranger_who_asks_for_nothing_reads_the_tenants_language(
    acme: Tenant, catalog: None, acme_client: Client, language: str
) -> None:
    in_language(acme, language)
    assert spoken(acme_client.get("/sign-in/")) == language


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("ar", "ar"),
        ("ar-SA", "ar"),
        ("en-GB,ar;q=0.9", "en"),
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("fr-FR,zh-CN;q=0.9,en;q=0.8", "zh-hans"),
        ("fr", "ar"),
        ("*", "ar"),
        ("../../etc/passwd", "ar"),
        ("x" * 5000, "ar"),
        (";;;q=\x7f", "ar"),
    ],
)
def test_a_stranger_reads_what_the_browser_asks_for_among_ours(
    acme: Tenant, catalog: None, acme_client: Client, asked: str, language: str
) -> None:
    in_language(acme, "ar")
    assert spoken(acme_client.get("/sign-in/", headers={"accept-language": asked})) == language


@pytest.mark.parametrize(
    ("chosen", "language"), [("zh-hans", "zh-hans"), ("fr", "ar"), ("../ar", "ar"), ("", "ar")]
)
def test_a_cookie_goes_before_the_browsers_header(
    acme: Tenant, acme_client: Client, chosen: str, language: str
) -> None:
    acme_client.cookies[COOKIE] = chosen
    assert spoken(acme_client.get("/sign-in/", headers=ARABIC)) == language


@pytest.mark.parametrize(
    ("own", "of_acme", "language"),
    [("ar", "en", "ar"), ("", "zh-hans", "zh-hans"), ("en", "ar", "en"), ("tlh", "ar", "ar")],
)
def test_alice_reads_her_own_language_or_else_acmes(
    alice_at_acme: AliceAtAcme, own: str, of_acme: str, language: str
) -> None:
    alice = alice_at_acme(own, of_acme)
    alice.cookies[COOKIE] = "en"
    assert spoken(alice.get("/contacts/", headers=CHINESE)) == language


def test_what_alice_may_not_find_is_told_in_her_language_too(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    prefers(alice, acme, "ar")
    missing = alice_client.get("/nowhere/")
    assert (missing.status_code, spoken(missing)) == (404, "ar")


@pytest.mark.parametrize(("own", "language"), [("zh-hans", "zh-hans"), ("", "ar")])
def test_oscar_reads_his_own_language_or_else_his_browsers(
    oscar: User, oscar_client: Client, own: str, language: str
) -> None:
    prefers(oscar, CATALOG, own)
    assert spoken(oscar_client.get("/", headers=ARABIC)) == language


def test_the_operators_door_speaks_the_browsers_language(operator_client: Client) -> None:
    assert spoken(operator_client.get("/sign-in/", headers=ARABIC)) == "ar"
    assert spoken(operator_client.get("/sign-in/", headers=FRENCH)) == "en"


def test_the_public_site_speaks_the_browsers_language(databases: None) -> None:
    public = Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST)
    assert spoken(public.get("/", headers=CHINESE)) == "zh-hans"
    assert spoken(public.get("/nowhere/", headers=ARABIC)) == "ar"


def test_an_unknown_host_is_not_found_in_the_browsers_language(databases: None) -> None:
    nobody = Client(SERVER_NAME="nobody.localhost")
    assert spoken(nobody.get("/", headers=ARABIC)) == "ar"
    assert spoken(nobody.get("/")) == "en"


@pytest.mark.parametrize("asked", [{}, ARABIC])
def test_a_suspended_site_says_so_in_its_own_language_or_the_browsers(
    acme: Tenant, catalog: None, acme_client: Client, asked: dict[str, str]
) -> None:
    in_language(acme, "zh-hans")
    with bound_to(CATALOG):
        acme.suspend("operator:oscar", "unpaid")
    closed = acme_client.get("/", headers=asked)
    assert (closed.status_code, spoken(closed)) == (503, "ar" if asked else "zh-hans")


def test_what_a_page_hung_on_is_told_to_caches(acme_client: Client, alice_client: Client) -> None:
    for response in (
        acme_client.get("/sign-in/"),
        alice_client.get("/contacts/"),
        alice_client.get("/nowhere/"),
    ):
        assert {word.strip() for word in response["Vary"].split(",")} >= {"Accept-Language", "Cookie"}


def test_two_requests_in_one_thread_share_no_language(
    alice_at_acme: AliceAtAcme, globex: Tenant, mallory_client: Client
) -> None:
    alice = alice_at_acme("ar", "zh-hans")
    for _ in range(2):
        assert spoken(alice.get("/contacts/")) == "ar"
        assert get_language() == "en"
        assert spoken(mallory_client.get("/contacts/")) == "en"


@pytest.mark.parametrize(
    "fails", ["tests.isolation.middleware.failing_before", "tests.isolation.middleware.exiting"]
)
def test_a_failure_is_told_in_the_language_and_leaves_none_behind(acme_client: Client, fails: str) -> None:
    acme_client.raise_request_exception = False
    with override_settings(MIDDLEWARE=["tenants.speaking.LanguageMiddleware", fails]):
        if fails.endswith("exiting"):
            with pytest.raises(SystemExit):
                acme_client.get("/sign-in/", headers=ARABIC)
        else:
            assert spoken(acme_client.get("/sign-in/", headers=ARABIC)) == "ar"


def test_a_streaming_answer_keeps_its_language_to_the_end(acme_client: Client) -> None:
    with override_settings(ROOT_URLCONF="tests.isolation.urls"):
        response: Any = acme_client.get("/languages/", headers=ARABIC)
        assert [*response] == [b"ar", b"ar"]
    response.close()


def test_the_session_begins_in_the_strangers_language_and_goes_on_in_alices(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    prefers(alice, acme, "ar")
    assert spoken(acme_client.get("/sign-in/", headers=CHINESE)) == "zh-hans"
    code_for(acme, alice.email)
    acme_client.post("/sign-in/", {"email": alice.email, "password": PASSWORD}, headers=CHINESE)
    acme_client.post("/second-factor/", {"code": code_for(acme, alice.email)}, headers=CHINESE)
    assert spoken(acme_client.get("/contacts/", headers=CHINESE)) == "ar"


def test_a_cookie_at_globex_says_nothing_at_acme(
    acme: Tenant, globex_client: Client, alice_client: Client
) -> None:
    globex_client.cookies[COOKIE] = "ar"
    assert spoken(globex_client.get("/sign-in/")) == "ar"
    assert spoken(alice_client.get("/contacts/")) == "en"
    assert spoken(fleet.client_of(acme.primary_host).get("/sign-in/")) == "en"
