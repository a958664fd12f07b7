"""The history of one record: grouped by request, with what else each did."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.histories import History
from activity.pages import beside
from activity.telling import Line, by_request, told
from audit.reading import Event
from interface.tabs import Tab


@dataclass(frozen=True)
class Group:
    """What one request did to a record, newest first. `others`: what it did besides, to something else.

    `previous` and `next`: the ids of its neighbours on the page, the earlier and the later one.
    """

    lines: list[Line]
    others: list[Line]
    previous: int | None = None
    next: int | None = None

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def id(self) -> int:
        return self.first.event.id


def groups_of(events: list[Event], person: Any) -> list[Group]:
    """Newest first."""
    groups = by_request(told(events, person))
    ids = [None, *(lines[0].event.id for lines in groups), None]
    return [
        Group(lines, others, ids[number + 2], ids[number])
        for number, (lines, others) in enumerate(zip(groups, _others(groups, person), strict=True))
    ]


def _others(groups: list[list[Line]], person: Any) -> list[list[Line]]:
    """What else each request did: told only to whoever may read the log."""
    if not person.has_perm("audit.activity:view"):
        return [[] for _lines in groups]
    found = [beside([line.event for line in lines]) for lines in groups]
    lines = iter(told([event for events in found for event in events], person))
    return [[next(lines) for _event in events] for events in found]


def address_of(history: History, record: Model) -> str:
    """Of the page of its history."""
    return reverse("activity:record", args=[history.table, record.pk])


def above_of(history: History) -> list[tuple[Any, str]]:
    """The list that it stands in, as far as this site has one."""
    address = history.list_address()
    return [(history.label, address)] if address else []


def tabs_of(history: History, record: Model, *, on_history: bool = True) -> list[Tab]:
    """The record itself, and its history."""
    overview = Tab(_("Overview"), history.address_of(record), current=not on_history)
    told_here = Tab(pgettext_lazy("of a record", "History"), address_of(history, record), current=on_history)
    return [overview, told_here] if overview.href else [told_here]
