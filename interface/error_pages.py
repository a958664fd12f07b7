"""Error pages for people: nobody who follows a link is left before an empty window."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

PAGES = (400, 403, 404, 405, 410, 429, 500, 503)


def error_page(
    status: int, template: str = "", wait: int = 0, request: HttpRequest | None = None, **told: Any
) -> HttpResponse:
    """A page from a template that needs nothing. `wait`: after how many seconds to come back, 0 where that is open.

    `told`: what the template may know besides.
    """
    look = look_of(request) if request else {}
    page = render_to_string(f"{template or status}.html", {"wait": wait, **look, **told})
    return HttpResponse(page, status=status, headers={"Retry-After": str(wait)} if wait else {})


def look_of(request: HttpRequest) -> dict[str, Any]:
    """How the person's other pages look, as far as that is known already: nothing is asked of any database."""
    person = getattr(request, "_cached_user", None)
    theme = getattr(person, "theme", "system")
    return {
        "theme": theme,
        "density": getattr(person, "density", "comfortable"),
        "color_scheme": "light dark" if theme == "system" else theme,
        "is_operator_site": getattr(request, "urlconf", "") == settings.OPERATOR_URLCONF,
    }


class PagesForEmptyAnswers:
    """An empty refusal becomes the page of its status for a browser that opens a page; htmx and programs keep it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _is_empty_for_a_person(request, response):
            page = error_page(response.status_code, wait=_wait(response), request=request)
            response.content = page.content
            for name in ("Content-Type", "Content-Length"):
                response[name] = page.headers.get(name, str(len(page.content)))
        return response


def _is_empty_for_a_person(request: HttpRequest, response: HttpResponse) -> bool:
    opens_a_page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
    return opens_a_page and response.status_code in PAGES and not response.content


def _wait(response: HttpResponse) -> int:
    said = response.headers.get("Retry-After", "")
    return int(said) if said.isdecimal() else 0
