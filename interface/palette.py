"""What the command palette and the search page know: each app registers its own, in its `palette.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from interface.navigation import May, Surface, holds
from jobs.kinds import everybody

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something to do. With a `field` (name and value) or `posts`, its page is sent a form instead of opened.

    `words`: what else somebody may type who looks for it. `surface`: None where it belongs to both sites.
    `typed_only`: found by typing and not offered before. `rest`: a query or fragment after the page's address.
    `opens`: the dialog on every page that does the same, where there is script. `requires`: a permission.
    """

    label: "_StrOrPromise"
    icon: str
    url_name: str
    surface: Surface | None = None
    posts: bool = False
    field: tuple[str, str] | None = None
    words: "_StrOrPromise" = ""
    typed_only: bool = False
    lang: str = ""
    rest: str = ""
    opens: str = ""
    requires: str = ""
    may: May = everybody

    def is_for(self, person: Any) -> bool:
        return holds(person, self.requires) and self.may(person)

    @property
    def url(self) -> str:
        return reverse(self.url_name) + self.rest


@dataclass(frozen=True)
class Record:
    """A record as it is offered: where it is, what it is called, and what tells it from its namesake."""

    pk: UUID
    label: str
    url: str
    icon: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Searchable:
    """One kind of record. `find` and `look_up` give back only what the person may see.

    `find(user, text, limit)`: those that match, the best first. `look_up(user, ids)`: those of these that are there.
    `more(text)`: the address of the list that shows all that match. `requires`: without that permission nothing is
    found at all.
    """

    name: str
    label: "_StrOrPromise"
    surface: Surface
    find: Callable[[Any, str, int], Iterable[Record]]
    look_up: Callable[[Any, list[UUID]], Iterable[Record]]
    more: Callable[[str], str]
    requires: str = ""


_commands: list[Command] = []
_searchables: dict[str, Searchable] = {}


def add_commands(*commands: Command) -> None:
    _commands.extend(commands)


def add_searchable(searchable: Searchable) -> None:
    _searchables[searchable.name] = searchable


def commands_for(user: object, surface: Surface) -> list[Command]:
    """What this person may do there: first what belongs to this site, then what belongs to both."""
    allowed = (
        command for command in _commands if command.surface in {surface, None} and command.is_for(user)
    )
    return sorted(allowed, key=lambda command: command.surface is None)


def searchables_for(user: object, surface: Surface) -> list[Searchable]:
    """The kinds of records in which this person may look."""
    return [each for each in _searchables.values() if each.surface == surface and holds(user, each.requires)]


def searchable_named(name: str, surface: Surface, user: object) -> Searchable | None:
    """None also where this person may not look in it."""
    return next((each for each in searchables_for(user, surface) if each.name == name), None)
