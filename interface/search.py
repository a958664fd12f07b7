"""One answer for the palette and the search page: pages, actions and records that match, of what a person may see."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from interface.navigation import Entry, entries_for, surface_of
from interface.palette import Command, Record, Searchable, commands_for, searchables_for
from interface.recents import recent_records

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LONGEST = 200
FARTHEST = 4
Named = TypeVar("Named", Entry, Command)
Labelled = TypeVar("Labelled", Entry, Command, Record)


@dataclass(frozen=True)
class Results:
    """One group of what was found. `more`: where the rest is, if there may be any."""

    label: "_StrOrPromise"
    records: list[Record] = field(default_factory=list)
    pages: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    more: str = ""

    def distance(self, text: str) -> int:
        """How far the best of the group is from `text`."""
        named = [each.label for each in self.pages] + [each.label for each in self.commands]
        return min(
            [distance(label, text) for label in named]
            + [distance(record.label, text, 1) for record in self.records],
            default=FARTHEST,
        )

    def __len__(self) -> int:
        return len(self.records) + len(self.pages) + len(self.commands)


def asked_in(request: HttpRequest) -> str:
    """What was typed, without what PostgreSQL can't look for."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]


def results_for(request: HttpRequest, text: str, limit: int) -> list[Results]:
    """Groups that have something in them, at most `limit` records each. For no text: what is near at hand."""
    here = surface_of(request)
    pages = Results(_("Pages"), pages=_matching(entries_for(request), text))
    commands = _matching(commands_for(request.user, here), text)
    actions = Results(_("Actions"), commands=[each for each in commands if text or not each.typed_only])
    if text:
        found = [
            pages,
            *(_found(kind, request, text, limit) for kind in searchables_for(request.user, here)),
            actions,
        ]
    else:
        recent = recent_records(request.user, request.user.pk, here)  # type: ignore[arg-type]
        found = [Results(_("Opened recently"), recent), pages, actions]
    return sorted((results for results in found if len(results)), key=lambda results: results.distance(text))


def _found(kind: Searchable, request: HttpRequest, text: str, limit: int) -> Results:
    records = [*kind.find(request.user, text, limit + 1)]
    more = kind.more(text) if len(records) > limit else ""
    return Results(kind.label, _best_first(records[:limit], text), more=more)


def _matching(named: Iterable[Named], text: str) -> list[Named]:
    """Those whose label, or the words beside it, carry every word of `text`."""
    words = _folded(text).split()
    found = [each for each in named if all(word in _said_of(each) for word in words)]
    return _best_first(found, text)


def _best_first(labelled: list[Labelled], text: str) -> list[Labelled]:
    """Otherwise in the order in which they came."""
    return sorted(labelled, key=lambda each: distance(each.label, text))


def distance(label: object, text: str, otherwise_begins: int = 0) -> int:
    """0 where the label begins with `text`, or what a record's has instead; more, the less there is of it in it."""
    said, typed = _folded(str(label)), _folded(text)
    if said.startswith(typed):
        return otherwise_begins if typed else 0
    if f" {typed}" in said:
        return 2
    return 3 if typed in said else FARTHEST


def _said_of(named: Entry | Command) -> str:
    return _folded(f"{named.label} {named.words}" if isinstance(named, Command) else str(named.label))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
