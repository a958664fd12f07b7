"""The URL table, read: what is in it is looked at, and nothing else has to be listed."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.urls import URLPattern, URLResolver, reverse

from tests.browser.walk.samples import Sample, Samples
from tests.browser.walk.visit import Visit

Patterns = list[URLPattern | URLResolver]


@dataclass(frozen=True)
class Route:
    """One line of the table. `name` is what `reverse` takes; `is_open`: nobody has to sign in there."""

    name: str
    arguments: frozenset[str]
    is_open: bool

    @property
    def is_list(self) -> bool:
        return self.name.endswith("-list") and not self.arguments

    def path(self, urlconf: str, sample: Sample) -> str:
        chosen = {name: sample.arguments[name] for name in self.arguments}
        return reverse(self.name, urlconf=urlconf, kwargs=chosen)


def visits_of_routes(urlconf: str, host: str, samples: Samples) -> Iterator[Visit]:
    """Every route with each of its samples, and every list also where it finds nothing."""
    for route in routes_of(import_module(urlconf).urlpatterns):
        for sample in samples_for(route, samples):
            path = route.path(urlconf, sample)
            name = f"{route.name} ({sample.state})" if sample.state else route.name
            yield Visit(name, host, path, sample.status, route.is_open)
        if route.is_list:
            yield Visit(f"{route.name} (no match)", host, f"{path}?q=zzzz")


def visits_of_lists(urlconf: str, host: str) -> Iterator[Visit]:
    for route in routes_of(import_module(urlconf).urlpatterns):
        if route.is_list:
            yield Visit(route.name, host, route.path(urlconf, Sample()))


def routes_of(
    patterns: Patterns, namespace: str = "", above: frozenset[str] = frozenset()
) -> Iterator[Route]:
    for pattern in patterns:
        arguments = above | pattern.pattern.converters.keys()
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes_of(pattern.url_patterns, inside, arguments)
        else:
            assert pattern.name, f"{pattern} has no name, so that nothing can lead there: give it one."
            is_open = not getattr(pattern.callback, "login_required", True)
            yield Route(namespace + pattern.name, arguments, is_open)


def samples_for(route: Route, samples: Samples) -> list[Sample]:
    """By the longest name of a thing that the route's own name begins with."""
    if not route.arguments:
        return [Sample()]
    name = route.name.rpartition(":")[2]
    known = [thing for thing in samples if f"{name}-".startswith(f"{thing}-")]
    of_the_thing = samples.get(max(known, key=len, default=""), [])
    fitting = [sample for sample in of_the_thing if route.arguments <= sample.arguments.keys()]
    assert fitting, (
        f"No sample fits {route.name} ({', '.join(sorted(route.arguments))}): add one for “{name.partition('-')[0]}” "
        f"or “{name}” to `samples` in the file of its site in tests/browser/walk."
    )
    return fitting
