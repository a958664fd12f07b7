"""The three URL tables, as access looks at them: each page with who may open it and what stands for its arguments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver

from access.declaring import Declared, declared

TENANT, OPERATOR, PUBLIC = settings.ROOT_URLCONF, settings.OPERATOR_URLCONF, settings.PUBLIC_SCHEMA_URLCONF


@dataclass(frozen=True)
class Page:
    """One line of a URL table. `said` is None where nobody said who may open it."""

    urlconf: str
    name: str
    arguments: frozenset[str]
    view: Callable[..., Any]

    @property
    def said(self) -> Declared | None:
        return declared(self.view)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Case:
    """What a page is asked with. `data`: a form that succeeds; None where the page is only read.

    `changes`: whether a row of the product is another one afterwards. `scoped`: it is about a record that lies in
    somebody's scope.
    """

    arguments: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    changes: bool = True
    scoped: bool = False


def pages_of(urlconf: str) -> list[Page]:
    return [*_pages(urlconf, import_module(urlconf).urlpatterns)]


def _pages(
    urlconf: str,
    patterns: list[URLPattern | URLResolver],
    namespace: str = "",
    above: frozenset[str] = frozenset(),
) -> Iterator[Page]:
    for pattern in patterns:
        arguments = above | pattern.pattern.converters.keys()
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _pages(urlconf, pattern.url_patterns, inside, arguments)
        else:
            yield Page(urlconf, f"{namespace}{pattern.name}", arguments, pattern.callback)
