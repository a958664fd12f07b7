"""A tenant's site with two pages more: one that streams, one that remembers."""

import time
from collections.abc import Iterator

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path

from access.declaring import signed_in
from accounts.models import User
from business.contacts.models import Contact


@signed_in
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_names())


def _names() -> Iterator[str]:
    for contact in Contact.objects.filter(city="Everywhere").iterator(chunk_size=2):
        yield f"{contact.name}\n"
        time.sleep(0.001)
        yield f"{User.objects.get(email='sam@same.example').name}\n"


@signed_in
def remember(request: HttpRequest) -> HttpResponse:
    """The same key at every tenant; who asked first decides the value."""
    said = cache.get_or_set("canary", lambda: User.objects.get(email="sam@same.example").name, 60)
    return HttpResponse(said)


urlpatterns = [
    path("stream/", stream),
    path("remember/", remember),
    path("", include("config.urls_tenant")),
]
handler404 = "config.views_errors.page_not_found"
handler500 = "tenants.errors.server_error"
