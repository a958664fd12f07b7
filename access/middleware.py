"""The one place where a page's declaration is enforced."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.declaring import Door, declared
from access.exceptions import NotPermitted, UndeclaredPage


class DeclaredAccess:
    """Behind the sign-in: whoever is here is known, or the page is open to strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        """Raises NotPermitted; UndeclaredPage for a page of which nobody said who may open it."""
        said = declared(view)
        if said is None:
            raise UndeclaredPage(f"{view.__module__}.{view.__qualname__} doesn't say who may open it.")
        if said.door is Door.PERMISSION and not request.user.has_perm(said.code):
            raise NotPermitted(said.code)
