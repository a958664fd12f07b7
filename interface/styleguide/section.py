from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def nothing(_request: HttpRequest) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Section:
    """A page of the style guide: `templates/styleguide/<slug>.html`, shown with what `context` makes."""

    slug: str
    title: "_StrOrPromise"
    purpose: "_StrOrPromise"
    context: Callable[[HttpRequest], dict[str, Any]] = nothing

    @property
    def template(self) -> str:
        return f"styleguide/{self.slug}.html"

    def get_absolute_url(self) -> str:
        return reverse("interface:styleguide-section", args=[self.slug])
