"""Events as a page tells them: who, a sentence in the reader's language, and what can be opened."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from activity.actors import Actor, actors_of
from activity.changing import differences
from activity.naming import Names, names_in
from activity.tables import field_words, logged_tables, table_words
from audit.reading import Event
from interface.differing import Difference
from interface.words import END_OF_ISOLATE, ISOLATE, listed

CHANGES = {
    "insert": _("%(actor)s added the %(kind)s %(name)s"),
    "update": _("%(actor)s changed the %(kind)s %(name)s: %(fields)s"),
    "delete": _("%(actor)s removed the %(kind)s %(name)s"),
    "truncate": _("%(actor)s emptied the table of every %(kind)s"),
}
OUTCOMES = {
    "done": pgettext_lazy("outcome", "Done"),
    "refused": pgettext_lazy("outcome", "Refused"),
    "failed": pgettext_lazy("outcome", "Failed"),
}
TONES = {"done": "good", "refused": "warn", "failed": "bad"}
MOST_FIELDS = 5
MARKS = re.compile(f"[{ISOLATE}{END_OF_ISOLATE}]")


class Part(NamedTuple):
    """Some of a sentence. `is_value`: it was filled in, and has a direction of its own."""

    text: str
    is_value: bool


@dataclass(frozen=True)
class Line:
    """One event, told to one reader. `names` are those that the reader may know."""

    event: Event
    actor: Actor
    names: Names

    @cached_property
    def parts(self) -> list[Part]:
        """The sentence, what was filled in apart from the words around it."""
        pieces = MARKS.split(self._sentence)
        return [Part(text, number % 2 == 1) for number, text in enumerate(pieces) if text]

    @property
    def sentence(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def outcome_label(self) -> str:
        return str(OUTCOMES.get(self.event.outcome, self.event.outcome))

    @property
    def tone(self) -> str:
        return TONES.get(self.event.outcome, "neutral")

    @cached_property
    def differences(self) -> list[Difference]:
        return differences(self.event, self.names)

    @property
    def kind(self) -> str:
        """What one row of its table is."""
        return table_words(self.event.subject) if self.event.subject else ""

    @property
    def record(self) -> str:
        """What it is about: by name, or else by the end of its key."""
        key = self.event.object_id
        return self.names.get((self.event.subject, key)) or (f"#{key[-6:]}" if len(key) > 12 else key)

    @property
    def request_url(self) -> str:
        """Of all that its request did; empty where none asked."""
        try:
            return reverse("activity:request", args=[UUID(self.event.request)])
        except ValueError:
            return ""

    @property
    def record_url(self) -> str:
        """Of all about the same record."""
        subject, key = self.event.subject, self.event.object_id
        return _log(table=subject, record=key) if subject in logged_tables() and key else ""

    @property
    def actor_url(self) -> str:
        """Of all that the same person did."""
        return _log(who=self.actor.key) if self.actor.is_known else ""

    @property
    def _sentence(self) -> str:
        told = CHANGES.get(self.event.action)
        if told is None:
            details = {name: _apart(value) for name, value in self.event.details.items()}
            return replace(self.event, actor=_apart(self.actor.name), details=details).sentence
        return str(told) % {
            "actor": _apart(self.actor.name),
            "kind": self.kind,
            "name": _apart(self.record),
            "fields": self._fields,
        }

    @property
    def _fields(self) -> str:
        labels = [_apart(field_words(self.event.subject, column)) for column in self.event.fields]
        rest = len(labels) - MOST_FIELDS
        shown = listed(labels[:MOST_FIELDS])
        if rest <= 0:
            return shown
        more = ngettext("%(fields)s and %(count)s more", "%(fields)s and %(count)s more", rest)
        return more % {"fields": shown, "count": rest}


def told(events: Sequence[Event], person: Any) -> list[Line]:
    """Each with its actor and the names in it that `person` may read; of nobody (None) those that everybody may.

    A guest isn't told where the tenant's people are: no addresses.
    """
    if getattr(person, "is_guest", False):
        events = [replace(event, ip="") for event in events]
    actors = actors_of(event.actor for event in events)
    names = names_in(events, person)
    return [Line(event, actors[event.actor], names) for event in events]


def by_request(lines: Iterable[Line]) -> list[list[Line]]:
    """Neighbours of the same request together."""
    groups: list[list[Line]] = []
    for line in lines:
        same = groups and line.event.request and groups[-1][-1].event.request == line.event.request
        groups[-1].append(line) if same else groups.append([line])
    return groups


def _log(**asked: str) -> str:
    return f"{reverse('activity:event-list')}?{urlencode(asked)}"


def _apart(value: object) -> str:
    """Marked as filled in; what marks it can't be part of it."""
    return f"{ISOLATE}{MARKS.sub('', str(value))}{END_OF_ISOLATE}"
