"""Which host leads where: exactly its own name, and nothing is said about anybody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.inviting import set_password_link
from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.hosts import find_tenant
from tenants.models import Tenant
from tests.conftest import PASSWORD


def asked(host: str, path: str = "/sign-in/") -> Any:
    """The answer without its request number, which differs each time and says nothing of the host."""
    response: Any = Client(raise_request_exception=False, headers={"host": host}).get(path)
    response.content = response.content.replace(response["X-Request-ID"].encode(), b"")
    del response["X-Request-ID"]
    return response


def put_into(tenant: Tenant, **values: object) -> None:
    """As an operator's hand in the catalog would, in the test's own transaction."""
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=tenant.pk).update(**values)


@pytest.fixture(autouse=True)
def _asked_anew(acme: Tenant, catalog: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: a savepoint's state must not outlive the test in Valkey."""
    monkeypatch.setattr("tenants.hosts._recall", lambda _host: ("", None))


@pytest.mark.parametrize("host", ["{}", "{}:8000", "{}:443", "{upper}", "{upper}:8000"])
def test_a_tenants_host_with_any_port_and_in_any_case(acme: Tenant, host: str) -> None:
    named = host.format(acme.primary_host, upper=acme.primary_host.upper())
    response = asked(named)
    assert response.status_code == 200
    assert "Acme" in response.content.decode()


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acme.localhost.evil.example",
        "evil.acme.localhost",
        "www.acme.localhost",
        "acme.localhost.",
        "acme",
        "acme.localhost@evil.example",
        "evil.example@acme.localhost",
        "acme.localhost/",
        "acme.localhost evil",
        "acme.localhost,globex.localhost",
        "acme.localhost\x00",
        "acme_.localhost",
        "[::1]",
        "[::1]:8000",
        "127.0.0.1",
        "127.0.0.1:8000",
        ":8000",
        "",
        ".",
        "..",
        "acmé.localhost",
        "a" * 300 + ".localhost",
        "' OR 1=1 --",
    ],
)
def test_any_other_host_is_not_found_with_the_page_that_everybody_gets(host: str) -> None:
    anywhere = asked(settings.AMANA_PUBLIC_HOST, "/nothing-here/")

    response = asked(host)

    assert (response.status_code, anywhere.status_code) == (404, 404)
    assert response.content == anywhere.content
    assert not response.cookies
    assert "acme" not in response.content.decode().lower()


@pytest.mark.parametrize("path", ["/", "/contacts/", "/sign-in/", "/files/x/", "/anything"])
def test_an_unknown_host_has_one_page(path: str) -> None:
    assert asked("nobody.localhost", path).content == asked("nobody.localhost", "/").content


@pytest.mark.parametrize("state", ["provisioning", "closing", "closed"])
def test_a_tenant_that_isnt_there_yet_or_any_more_looks_like_an_unknown_host(
    acme: Tenant, state: str
) -> None:
    put_into(acme, state=state)
    response, unknown = asked(acme.primary_host), asked("nobody.localhost")
    assert (response.status_code, response.content) == (404, unknown.content)
    assert dict(response.headers) == dict(unknown.headers)


@pytest.mark.parametrize("state", ["suspended", "leaving"])
def test_a_suspended_tenant_has_a_plain_page_and_loses_nothing(
    acme: Tenant, alice_client: Client, state: str
) -> None:
    assert alice_client.get("/contacts/").status_code == 200
    put_into(acme, state=state)

    refused = [alice_client.get("/contacts/"), alice_client.post("/contacts/new/", {"name": "Ghost"})]

    assert [response.status_code for response in refused] == [503, 503]
    assert "This site is suspended" in refused[0].content.decode()
    assert refused[0]["Cache-Control"] == "no-store"
    assert not refused[0].cookies
    put_into(acme, state="active")
    assert alice_client.get("/contacts/").status_code == 200


def test_nobody_signs_in_at_a_suspended_tenant(acme: Tenant, acme_client: Client, alice: User) -> None:
    put_into(acme, state="suspended")
    pair = {"email": alice.email, "password": PASSWORD}
    assert acme_client.post("/sign-in/", pair).status_code == 503
    put_into(acme, state="active")
    assert acme_client.get("/contacts/").status_code == 302


def test_a_tenant_below_the_minimum_is_asked_to_come_back(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_into(globex, schema_level=7)
    monkeypatch.setattr(settings, "AMANA_MINIMUM_SCHEMA_LEVEL", 7)

    behind, ahead = asked(acme.primary_host), asked(globex.primary_host)

    assert (behind.status_code, behind["Retry-After"]) == (503, "60")
    assert "being updated" in behind.content.decode()
    assert ahead.status_code == 200


def test_the_operator_site_is_bound_to_the_catalog_and_has_no_tenants_pages() -> None:
    response = asked(settings.AMANA_OPERATOR_HOST, "/contacts/")
    assert response.status_code in (302, 404)
    assert asked(settings.AMANA_OPERATOR_HOST.upper()).status_code == 200


def test_a_domain_for_the_operators_host_never_wins(acme: Tenant) -> None:
    with bound_to(CATALOG):
        acme.domains.create(domain=settings.AMANA_OPERATOR_HOST, is_primary=False)
    assert "Acme" not in asked(settings.AMANA_OPERATOR_HOST).content.decode()


def test_links_are_built_from_configuration_never_from_the_host(acme: Tenant, alice: User) -> None:
    with bound_to(CATALOG):
        acme.domains.create(domain="shop.example", is_primary=False)
    assert asked("shop.example:1234").status_code == 200
    with bound_to(acme):
        link = set_password_link(alice, acme.site_url)
    assert link.startswith("http://acme.localhost:8000/set-password/")


def test_a_redirect_names_no_host(acme: Tenant) -> None:
    response = asked("ACME.localhost:1234", "/contacts/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/contacts/")


def test_two_domains_of_one_tenant_lead_to_it(acme: Tenant) -> None:
    with bound_to(CATALOG):
        acme.domains.create(domain="shop.example", is_primary=False)
    found: Callable[[str], Tenant | None] = find_tenant
    assert found("shop.example") == found(acme.primary_host) == acme
