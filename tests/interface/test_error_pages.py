"""Error pages: one voice, one look, a way on, and nothing that they need. No browser is left before an empty window."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import include, path
from django.utils.functional import SimpleLazyObject

from access.declaring import signed_in
from accounts.models import User
from business.contacts.models import Contact
from interface.error_pages import PAGES, error_page, look_of
from tenants.binding import bound_to, is_bound
from tenants.models import Tenant

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ALL = [*map(str, PAGES), "403_csrf", "suspended"]


@signed_in
def empty(_request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Retry-After": "30"})


@signed_in
def told(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"error": "no"}, status=403)


urlpatterns = [
    path("empty/<int:status>/", empty),
    path("told/", told),
    path("", include("config.urls_tenant")),
]
handler404 = "config.views_errors.page_not_found"


@pytest.fixture(autouse=True)
def _pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize("name", ALL)
def test_it_needs_nothing_and_leaves_a_way_on(name: str) -> None:
    assert not is_bound()
    page = render_to_string(f"{name}.html")
    assert page.count("<h1>") == page.count('class="ways"') == 1
    assert 'src="/static/icons/amana.svg"' in page
    assert "<a href=" in page.partition('class="ways"')[2]
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize("status", PAGES)
def test_a_browser_gets_a_page_for_an_empty_answer(alice_client: Client, status: int) -> None:
    response = alice_client.get(f"/empty/{status}/", headers={"accept": PAGE})

    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading_of(status)}</h1>" in page
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Content-Length"] == str(len(response.content))
    assert f"<code>{response['X-Request-ID']}</code>" in page
    assert not is_bound()


def heading_of(status: int) -> str:
    page = error_page(status).content.decode()
    return page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    "headers", [{"accept": PAGE, "hx-request": "true"}, {"accept": "application/json"}, {"accept": "*/*"}, {}]
)
def test_htmx_and_programs_get_it_as_it_is(alice_client: Client, headers: dict[str, str]) -> None:
    response = alice_client.get("/empty/403/", headers=headers)
    assert (response.status_code, response.content) == (403, b"")


def test_an_answer_that_says_something_keeps_its_words(alice_client: Client) -> None:
    response = alice_client.get("/told/", headers={"accept": PAGE})
    assert response.json() == {"error": "no"}


def test_a_verb_opened_after_a_sign_in_says_what_to_do(alice_client: Client, acme: Tenant) -> None:
    response = alice_client.get("/contacts/export/", headers={"accept": PAGE})

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "press it again" in response.content.decode()
    with bound_to(acme):
        assert not Contact.objects.exists()


def test_it_speaks_the_person_s_language(acme_client: Client) -> None:
    response = acme_client.get("/nothing/", headers={"accept": PAGE, "accept-language": "ar"})
    assert '<html lang="ar" dir="rtl" ' in response.content.decode()


@pytest.mark.parametrize("path", ["/nothing/", "/empty/403/"])
def test_it_wears_what_the_person_chose(acme: Tenant, alice: User, alice_client: Client, path: str) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(theme="dark", density="compact")
    page = alice_client.get(path, headers={"accept": PAGE}).content.decode()
    assert 'data-theme="dark" data-density="compact"' in page
    assert '<meta name="color-scheme" content="dark">' in page
    assert 'class="entrance"' in page


def test_nobody_known_gets_the_device_s_look(acme_client: Client) -> None:
    page = acme_client.get("/nothing/", headers={"accept": PAGE}).content.decode()
    assert 'data-theme="system" data-density="comfortable"' in page


def test_the_operators_site_shows_that_it_is_theirs(oscar_client: Client) -> None:
    page = oscar_client.get("/nothing/", headers={"accept": PAGE}).content.decode()
    assert 'class="entrance operator"' in page
    assert '<span class="site">Operators</span>' in page


def test_a_look_asks_nothing_of_a_user_who_is_not_loaded() -> None:
    request = HttpRequest()
    request.user = SimpleLazyObject(lambda: pytest.fail("asked for"))  # type: ignore[assignment]
    assert look_of(request)["theme"] == "system"


@pytest.mark.parametrize("status", [429, 503])
def test_when_to_come_back_is_said_in_words(alice_client: Client, status: int) -> None:
    page = alice_client.get(f"/empty/{status}/", headers={"accept": PAGE}).content.decode()
    assert "Wait 30 seconds, then try again." in page
    assert "Wait a minute" not in page


def test_a_page_made_here_says_it_to_programs_too() -> None:
    response = error_page(429, wait=1)
    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert "Wait 1 second, then try again." in response.content.decode()
    assert "Retry-After" not in error_page(429)


def test_a_form_of_an_ended_session_says_so_in_the_same_voice(acme: Tenant) -> None:
    stranger = Client(SERVER_NAME=acme.primary_host, enforce_csrf_checks=True)
    response = stranger.post("/sign-in/", {"email": "alice@acme.example", "password": "x"})
    assert response.status_code == 403
    assert "<h1>This form is no longer valid</h1>" in response.content.decode()
