"""What the templates ask of `request`, without tenants; and the same URLs."""

from collections.abc import Callable
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

urlpatterns = [path("", include("accounts.urls")), path("contacts/", include("business.contacts.urls"))]


class SiteMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = SimpleNamespace(name="Bench", language="en")
        return self.get_response(request)
