"""Cookies over https: sent over https only, read by no script, taken to no other site and no other host (AR-021)."""

import json
import os
import subprocess
import sys

from django.test import Client

from accounts.models import User
from tenants.models import Tenant
from tests.visits.visiting import sign_in

LOOK = """
import json, django
django.setup()
from django.conf import settings
from accounts.visits.browsers import COOKIE
names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_USE_SESSIONS")
print(json.dumps({**{name: getattr(settings, name) for name in names}, "browser": COOKIE}))
"""


def settings_at(origin: str) -> dict[str, object]:
    said = {**os.environ, "AMANA_ORIGIN": origin, "DJANGO_SETTINGS_MODULE": "config.settings"}
    found = subprocess.run([sys.executable, "-c", LOOK], env=said, capture_output=True, text=True, check=True)
    told: dict[str, object] = json.loads(found.stdout)
    return told


def test_over_https_the_cookies_are_bound_to_the_host_and_to_https() -> None:
    assert settings_at("https://amana.example") == {
        "SESSION_COOKIE_NAME": "__Host-amana",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_USE_SESSIONS": True,
        "browser": "__Host-amana-browser",
    }


def test_without_https_they_are_named_otherwise_since_no_browser_would_take_them() -> None:
    told = settings_at("http://localhost:8000")
    assert (told["SESSION_COOKIE_NAME"], told["browser"]) == ("amana", "amana_browser")


def test_every_cookie_that_is_set_is_closed_to_scripts_and_to_other_sites(
    acme: Tenant, acme_client: Client, alice: User
) -> None:
    sign_in(acme, acme_client, alice)
    acme_client.get("/contacts/")
    acme_client.post("/language/", {"language": "en"})
    acme_client.post("/navigation/", {"show": "rail"})
    assert acme_client.cookies.keys() == {"amana", "amana_browser", "django_language", "amana_navigation"}
    for name, cookie in acme_client.cookies.items():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name
