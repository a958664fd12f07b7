"""Whatever answers, whoever asks: the same headers stand on it."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.templatetags.static import static
from django.test import Client, override_settings
from django.urls import include, path

from access.declaring import open_to_strangers
from config.policy import policy_reporting_to
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

Ask = Callable[[], HttpResponseBase]

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "report-uri /csp-reports/",
}
ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@open_to_strangers
def failing(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("failing/", failing), path("", include("config.urls_tenant"))]
handler500 = "config.views_errors.server_error"


@pytest.fixture(autouse=True)
def _asked_anew(acme: Tenant, catalog: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hosts aren't remembered: a savepoint's state must not outlive the test in Valkey."""
    monkeypatch.setattr("tenants.hosts._recall", lambda _host: ("", None))
    with override_settings(ROOT_URLCONF=__name__):
        yield


def at(host: str, where: str) -> HttpResponseBase:
    return Client(SERVER_NAME=host, raise_request_exception=False).get(where)


@pytest.fixture
def suspended(acme: Tenant) -> Tenant:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state="suspended")
    return acme


@pytest.fixture
def link(acme: Tenant) -> Iterator[str]:
    with bound_to(acme):
        name = default_storage.save("list.csv", ContentFile(b"name"))
        address = default_storage.url(name)
    yield address
    with bound_to(acme):
        default_storage.delete(name)


@pytest.fixture
def answer(request: pytest.FixtureRequest) -> tuple[int, HttpResponseBase]:
    """One kind of answer, made by what the parameter names."""
    status, make = ANSWERS[request.param]
    return status, make(request)


def as_alice(where: str) -> Callable[[pytest.FixtureRequest], HttpResponseBase]:
    def ask(request: pytest.FixtureRequest) -> HttpResponseBase:
        client: Client = request.getfixturevalue("alice_client")
        client.raise_request_exception = False
        return client.get(where)

    return ask


def a_file(request: pytest.FixtureRequest) -> HttpResponseBase:
    return as_alice(request.getfixturevalue("link"))(request)


def as_oscar(where: str) -> Callable[[pytest.FixtureRequest], HttpResponseBase]:
    return lambda request: request.getfixturevalue("oscar_client").get(where)


def as_anybody(who: str, where: str) -> Callable[[pytest.FixtureRequest], HttpResponseBase]:
    return lambda request: at(request.getfixturevalue(who).primary_host, where)


ANSWERS: dict[str, tuple[int, Callable[[pytest.FixtureRequest], HttpResponseBase]]] = {
    "a tenant's page": (200, as_alice("/contacts/")),
    "the way to the sign-in": (302, as_anybody("acme", "/contacts/")),
    "the sign-in": (200, as_anybody("acme", "/sign-in/")),
    "what isn't there": (404, as_alice("/nothing/")),
    "a verb that is read": (405, as_alice("/contacts/export/")),
    "a failure": (500, as_alice("/failing/")),
    "a file": (200, a_file),
    "an operator's page": (200, as_oscar("/policy-reports/")),
    "a suspended site": (503, as_anybody("suspended", "/contacts/")),
    "an unknown host": (404, lambda _request: at("nobody.localhost", "/")),
    "a missing static file": (404, as_anybody("acme", "/static/nothing.css")),
    "nothing at the public site": (404, lambda _request: at(settings.AMANA_PUBLIC_HOST, "/nothing/")),
}


@pytest.mark.parametrize("answer", ANSWERS, indirect=True)
def test_every_kind_of_answer_is_protected_and_kept_by_nobody(answer: tuple[int, HttpResponseBase]) -> None:
    status, response = answer

    assert response.status_code == status
    assert {*response["Content-Security-Policy"].split("; ")} == POLICY
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in response["Permissions-Policy"].split(", ")
    assert response["Cache-Control"] == "no-store"
    response.close()


def test_a_public_page_may_be_kept_and_is_protected_all_the_same(databases: None) -> None:
    response = at(settings.AMANA_PUBLIC_HOST, "/")

    assert response.status_code == 200
    assert "no-store" not in response.headers.get("Cache-Control", "")
    assert {*response["Content-Security-Policy"].split("; ")} == POLICY
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS


def test_a_static_file_is_kept_for_ever_and_protected_all_the_same(acme: Tenant) -> None:
    response = at(acme.primary_host, hashed("css/tokens.css"))

    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "Access-Control-Allow-Origin" not in response
    assert {*response["Content-Security-Policy"].split("; ")} == POLICY
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    response.close()


@pytest.mark.parametrize("method", ["head", "options", "put", "trace"])
@pytest.mark.parametrize("where", ["/contacts/", "/palette/", "/language/", "/csp-reports/", "/nothing/"])
def test_whatever_the_method(alice_client: Client, method: str, where: str) -> None:
    response = getattr(alice_client, method)(where)

    assert {*response["Content-Security-Policy"].split("; ")} == POLICY
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "where",
    [
        "../manage.py",
        "%2e%2e/manage.py",
        "css/../../config/settings.py",
        "/etc/passwd",
        ".env",
        "css/",
        "%00",
    ],
)
def test_no_path_leads_out_of_the_static_files(acme: Tenant, where: str) -> None:
    assert at(acme.primary_host, f"/static/{where}").status_code == 404


def hashed(name: str) -> str:
    return str(static(name))


def test_under_tls_reports_go_to_a_group(databases: None) -> None:
    tls = {
        "CONTENT_SECURITY_POLICY": policy_reporting_to("/csp-reports/", "policy"),
        "AMANA_REPORTS_GROUP": "policy",
    }
    with override_settings(**tls):
        response = at(settings.AMANA_PUBLIC_HOST, "/")

    assert {*response["Content-Security-Policy"].split("; ")} == {*POLICY, "report-to policy"}
    assert response["Reporting-Endpoints"] == 'policy="/csp-reports/"'


def test_the_policy_allows_nothing_unsafe() -> None:
    said = " ".join(
        f"{name} {values}" for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )
    assert not [word for word in ("unsafe", "data:", "blob:", "*", "http", "trusted-types") if word in said]
