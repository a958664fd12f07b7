"""The public site and the pages that must stand without database, session or tenant."""

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from config import views_errors


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "500", "503", "suspended"])
def test_an_error_page_needs_nothing(template: str) -> None:
    page = render_to_string(f"{template}.html")
    assert page.count("<h1>") == 1
    assert "<script" not in page
    assert "style=" not in page


def test_the_public_site_says_what_amana_is(databases: None) -> None:
    page = Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST).get("/")
    assert page.status_code == 200
    assert "أمانة" in page.content.decode()
    assert not page.cookies


@pytest.mark.parametrize("path", ["/sign-in/", "/contacts/"])
def test_the_public_site_has_nothing_else(databases: None, path: str) -> None:
    client = Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST)
    assert client.get(path).status_code == 404


def test_refusals_have_their_own_status() -> None:
    request, reason = HttpRequest(), Exception()
    assert views_errors.bad_request(request, reason).status_code == 400
    assert views_errors.permission_denied(request, reason).status_code == 403
    assert views_errors.page_not_found(request, reason).status_code == 404


def test_a_sessions_cookie_means_nothing_to_the_public_site(databases: None) -> None:
    client = Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    page = client.get("/")
    assert page.status_code == 200
    assert not page.cookies


@pytest.mark.parametrize(
    ("language", "heading"),
    [("ar", "لا يوجد شيء هنا"), ("zh-hans", "这里没有内容"), ("en", "There is nothing here")],
)
def test_an_error_page_speaks_the_language_that_is_spoken(language: str, heading: str) -> None:
    with override(language):
        page = render_to_string("404.html")
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}"' in page


PATHS = {"en": "/en/", "ar": "/ar/", "zh-hans": "/zh-hans/"}


@pytest.fixture
def visitor(databases: None) -> Client:
    return Client(SERVER_NAME=settings.AMANA_PUBLIC_HOST)


@pytest.mark.parametrize("language", PATHS)
def test_an_address_says_the_language_whatever_the_browser_asks_for(visitor: Client, language: str) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    page = visitor.get(PATHS[language], headers={"accept-language": "zh-CN"})
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()
    assert page["Content-Language"] == language
    assert not {"accept-language", "cookie"} & {
        word.strip().lower() for word in page.get("Vary", "").split(",")
    }


def test_without_one_it_is_the_visitors_language_and_says_so_to_caches(visitor: Client) -> None:
    page = visitor.get("/", headers={"accept-language": "zh-CN"})
    assert page["Content-Language"] == "zh-hans"
    varies = {word.strip() for word in page["Vary"].split(",")}
    assert varies == {"Accept-Encoding", "Accept-Language", "Cookie"}
    assert f'<link rel="canonical" href="{settings.AMANA_ORIGIN}/zh-hans/">' in page.content.decode()


@pytest.mark.parametrize("path", ["/", *PATHS.values()])
def test_every_language_is_named_to_search_engines_and_a_plain_link_away(visitor: Client, path: str) -> None:
    page = visitor.get(path).content.decode()
    for language, address in PATHS.items():
        whole = settings.AMANA_ORIGIN + address
        assert f'<link rel="alternate" hreflang="{language}" href="{whole}">' in page
        assert f'<a href="{address}" lang="{language}" hreflang="{language}"' in page
    assert f'<link rel="alternate" hreflang="x-default" href="{settings.AMANA_ORIGIN}/">' in page
    assert page.count('aria-current="true"') == 1


@pytest.mark.parametrize("path", ["/fr/", "/zh/", "/ar/contacts/", "/language/"])
def test_no_other_language_has_an_address(visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404
