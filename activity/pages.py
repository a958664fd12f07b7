"""The log, 50 events at a time: the address names the event it goes on from, so nothing shifts between pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Unpack

from django.contrib.auth import get_user_model
from django.utils import timezone

from audit.context import acting_now
from audit.reading import Event, Only, Page, read_page

SIZE = 50
SECONDS = 10
LARGEST = 2**63 - 1
OWN = timedelta(days=90)
NEAR = 2000  # ids around an event, among which the others of its request are looked for
MOST_OF_A_REQUEST = 200


@dataclass(frozen=True)
class LogPage:
    """`previous` and `next`: the ids to go on from, or None at an end."""

    events: list[Event]
    previous: int | None = None
    next: int | None = None


@dataclass(frozen=True)
class Place:
    """Where in the log a page begins: after an event (older ones) or before it (newer ones), or at the newest."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Place":
        return cls(_id(query.get("after", "")), _id(query.get("before", "")))


def page_of(place: Place, size: int = SIZE, **only: Unpack[Only]) -> LogPage:
    """Newest first. Raises TooMuchToRead."""
    if place.before and not place.after:
        nearest = read_page(Page(size + 1, after_id=place.before, upward=True, seconds=SECONDS), **only)
        if len(nearest) > size:
            events = nearest[:size][::-1]
            return LogPage(events, events[0].id, events[-1].id)
    return _forward(place.after, size, only)


def _forward(after: int | None, size: int, only: Only) -> LogPage:
    found = read_page(Page(size + 1, before_id=after, seconds=SECONDS), **only)
    events = found[:size]
    return LogPage(
        events,
        previous=events[0].id if after and events else None,
        next=events[-1].id if len(found) > size else None,
    )


def own_page(person: Any, place: Place, size: int = SIZE) -> LogPage:
    """What happened to the account of `person`, who is asking, and what they did, as far as no row says it already.

    Of the last 90 days. Raises TooMuchToRead.
    """
    since = timezone.now() - OWN
    table = get_user_model()._meta.db_table
    asked: tuple[Only, ...] = (
        {"subject": table, "object_id": str(person.pk), "changes": False, "since": since},
        {"actor": acting_now().actor, "changes": False, "since": since},
    )
    page = Page(size + 1, before_id=place.after, seconds=SECONDS)
    found = {event.id: event for only in asked for event in read_page(page, **only)}
    newest = sorted(found.values(), key=lambda event: event.id, reverse=True)
    events = newest[:size]
    return LogPage(events, next=events[-1].id if len(newest) > size else None)


def events_of_request(request: str) -> list[Event]:
    """What was done in answer to one request, newest first; of very many the newest. Raises TooMuchToRead."""
    return read_page(Page(MOST_OF_A_REQUEST, seconds=SECONDS), request=request)


def beside(events: list[Event]) -> list[Event]:
    """What else was done in the same request: looked for near by, where a request's events are."""
    if not events or not events[0].request:
        return []
    near = Page(MOST_OF_A_REQUEST, events[0].id + NEAR, events[-1].id - NEAR)
    known = {event.id for event in events}
    return [event for event in read_page(near, request=events[0].request) if event.id not in known]


def oldest() -> datetime | None:
    """When the log begins; None while it is empty."""
    return next((event.at for event in read_page(Page(1, upward=True))), None)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST else None
