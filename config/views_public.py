from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from access.declaring import open_to_strangers
from tenants.speaking import speak


@open_to_strangers
@require_safe
def home(request: HttpRequest, language: str = "") -> HttpResponse:
    """In the language of its address, or else the visitor's; its own address is always that language's."""
    if language:
        speak(language)
    addresses = [(code, name, reverse(f"home-{code}")) for code, name in settings.LANGUAGES]
    shown = {
        "origin": settings.AMANA_ORIGIN,
        "addresses": addresses,
        "canonical": reverse(f"home-{get_language()}"),
    }
    response = render(request, "public/home.html", shown)
    if language:
        response["Content-Language"] = language
        request.session.accessed = (
            False  # by the CSRF middleware, for nothing: no cookie makes this page another
        )
    return response
