"""Where a person can go: each app registers its entries, in its `navigation.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs.kinds import everybody

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Surface = Literal["tenant", "operator"]
May = Callable[[Any], bool]


@dataclass(frozen=True, eq=False)
class Group:
    """What belongs together in the navigation, under one heading. An app has one of its own, or joins another's."""

    label: "_StrOrPromise"
    order: int


WORKSPACE = Group(_("Workspace"), 90)
PRODUCT = Group(_("Product"), 95)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page that the navigation leads to. `key`: pressed after `g`, it goes there.

    `requires`: the permission that its page asks for, `may`: what else decides about who is shown it.
    """

    group: Group
    label: "_StrOrPromise"
    url_name: str
    icon: str
    surface: Surface
    order: int = 0
    key: str = ""
    requires: str = ""
    may: May = everybody

    def is_for(self, person: Any) -> bool:
        return holds(person, self.requires) and self.may(person)

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def part(self) -> str:
        """The URL namespace whose pages belong to this entry."""
        return self.url_name.rpartition(":")[0]


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it. `current`: page, true or empty, as aria-current says it."""

    entry: Entry
    current: str


_entries: list[Entry] = []


def add_entries(*entries: Entry) -> None:
    """Put `entries` into the navigation. A key that leads elsewhere already is refused."""
    for entry in entries:
        if entry.key and any((entry.surface, entry.key) == (other.surface, other.key) for other in _entries):
            raise ValueError(f"g {entry.key} leads elsewhere already.")
        _entries.append(entry)


def holds(person: Any, code: str) -> bool:
    """What asks for no permission is for the people here; a guest from elsewhere has nothing of their own."""
    return bool(person.has_perm(code)) if code else not getattr(person, "is_guest", False)


def surface_of(request: HttpRequest) -> Surface:
    return "tenant" if getattr(request, "tenant", None) else "operator"


def entries_for(request: HttpRequest) -> list[Entry]:
    """The pages that whoever asks may use, in their order."""
    return entries_of(request.user, surface_of(request))


def entries_of(person: Any, surface: Surface) -> list[Entry]:
    """The pages that `person` may use there, in their order."""
    mine = (entry for entry in _entries if entry.surface == surface and entry.is_for(person))
    return sorted(mine, key=lambda entry: (entry.group.order, entry.order))


def navigation_of(request: HttpRequest) -> dict[Group, list[Link]]:
    """Entries by group, with the one that is open marked."""
    entries = entries_for(request)
    nearest = _nearest(entries, request)
    groups: dict[Group, list[Link]] = {}
    for entry in entries:
        current = _current(entry, request) if entry is nearest else ""
        groups.setdefault(entry.group, []).append(Link(entry, current))
    return groups


def _nearest(entries: list[Entry], request: HttpRequest) -> Entry | None:
    """Of a part's entries the one above the page: the longest address that the page's begins with."""
    above = [entry for entry in _of_this_part(entries, request) if request.path.startswith(entry.url)]
    return max(above, key=lambda entry: len(entry.url), default=None)


def _of_this_part(entries: list[Entry], request: HttpRequest) -> Iterator[Entry]:
    part = request.resolver_match.namespace if request.resolver_match else ""
    return (entry for entry in entries if entry.part == part)


def _current(entry: Entry, request: HttpRequest) -> str:
    return "page" if request.path == entry.url else "true"
