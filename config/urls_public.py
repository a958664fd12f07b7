"""The public site: what Amana is. Bound to nobody, so nothing here reads a database or a session.

Each language has an address of its own, so a link says which it is and no cookie is needed.
"""

from django.conf import settings
from django.urls import path

from config.views_public import home

urlpatterns = [
    path("", home, name="home"),
    *(path(f"{code}/", home, {"language": code}, name=f"home-{code}") for code, _ in settings.LANGUAGES),
]
handler400 = "config.views_errors.bad_request"
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "config.views_errors.server_error"
