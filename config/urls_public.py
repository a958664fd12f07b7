"""The public site: what Amana is. Bound to nobody, so nothing here reads a database or a session; but /health/backups/,
which binds the catalog for itself once the probe that asks has shown its token.

Each language has an address of its own, so a link says which it is and no cookie is needed.
"""

from django.conf import settings
from django.urls import path

from backups.alarming.views import backups_health
from config.views_public import home

urlpatterns = [
    path("", home, name="home"),
    path("health/backups/", backups_health, name="backups-health"),
    *(path(f"{code}/", home, {"language": code}, name=f"home-{code}") for code, _ in settings.LANGUAGES),
]
handler400 = "config.views_errors.bad_request"
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "config.views_errors.server_error"
