"""Promises of docs/claims.md that no other test looks at."""

from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.house.test_closed_by_default import OPEN, views
from tests.support.passwords import PRODUCTS


def tables() -> set[str]:
    with connection.cursor() as cursor:
        return {*connection.introspection.table_names(cursor)}


def test_business_tables_are_in_tenants_databases_and_nowhere_else(acme: Tenant, catalog: None) -> None:
    with bound_to(acme):
        in_acme = tables()
    with bound_to(CATALOG):
        in_the_catalog = tables()

    assert "contacts_contact" in in_acme
    assert not {name for name in in_the_catalog if name.startswith("contacts_")}
    assert not {name for name in in_acme if name.startswith("tenants_")}


@pytest.mark.parametrize("urlconf", OPEN)
def test_no_page_is_exempt_from_the_csrf_check(urlconf: str) -> None:
    assert "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
    assert [
        view for view in views(import_module(urlconf).urlpatterns) if getattr(view, "csrf_exempt", False)
    ] == []


def test_a_post_without_a_csrf_token_is_refused(acme: Tenant) -> None:
    stranger = Client(SERVER_NAME=acme.primary_host, enforce_csrf_checks=True)

    response = stranger.post("/sign-in/", {"email": "alice@acme.example", "password": "whatever"})

    assert response.status_code == 403


def test_passwords_are_hashed_with_argon2id() -> None:
    assert make_password("correct horse battery staple 7").startswith("argon2$argon2id$")
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    passes, memory, lanes = PRODUCTS  # more than OWASP's least: 2 passes over 19 MiB in 1 lane
    assert passes >= 2
    assert memory >= 19 * 1024
    assert lanes >= 1


def test_a_password_has_twelve_characters_at_least(acme: Tenant) -> None:
    with bound_to(acme):
        validate_password("Kd83-hx7-qz1")
        with pytest.raises(ValidationError, match="at least 12 characters"):
            validate_password("Kd83-hx7-qz")
