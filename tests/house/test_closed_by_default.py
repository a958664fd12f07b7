from collections.abc import Iterator
from importlib import import_module

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver

# Whoever may see a page without signing in is said here, for each site.
OPEN = {
    "config.urls_tenant": {
        "accounts.support.views.enter",
        "accounts.views.sign_in",
        "accounts.views.sign_out",
        "accounts.views.SetPassword",
        "accounts.views_preferences.language",
        "accounts.passwords.views.forgot_password",
        "accounts.second_factor.views.second_factor",
        "accounts.second_factor.views.recovery_code",
        "accounts.second_factor.views_setting_up.set_up",
        "accounts.second_factor.views_codes.saved",
        "accounts.second_factor.views_codes.as_text",
        "accounts.visits.views.not_me",
        "accounts.visits.views_lock.locked",
    },
    "config.urls_operator": {
        "accounts.views.sign_in",
        "accounts.views.sign_out",
        "accounts.views.SetPassword",
        "accounts.views_preferences.language",
        "accounts.passwords.views.forgot_password",
        "accounts.second_factor.views.second_factor",
        "accounts.second_factor.views.recovery_code",
        "accounts.second_factor.views_setting_up.set_up",
        "accounts.second_factor.views_codes.saved",
        "accounts.second_factor.views_codes.as_text",
        "accounts.visits.views.not_me",
        "accounts.visits.views_lock.locked",
    },
    "config.urls_public": {"config.views_public.home", "backups.alarming.views.backups_health"},
}


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[object]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield pattern.callback


def name_of(view: object) -> str:
    shown = getattr(view, "view_class", view)
    return f"{shown.__module__}.{shown.__qualname__}"  # type: ignore[attr-defined]


def test_every_site_is_looked_at() -> None:
    assert OPEN.keys() == {settings.ROOT_URLCONF, settings.OPERATOR_URLCONF, settings.PUBLIC_SCHEMA_URLCONF}
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE


@pytest.mark.parametrize("urlconf", OPEN)
def test_only_these_pages_are_open_to_everybody(urlconf: str) -> None:
    found = {name_of(view) for view in views(import_module(urlconf).urlpatterns) if not _asks(view)}
    assert found == OPEN[urlconf]


def _asks(view: object) -> bool:
    """As LoginRequiredMiddleware reads it."""
    return bool(getattr(view, "login_required", True))
