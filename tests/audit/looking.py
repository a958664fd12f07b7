"""The log as it stands in a database, read as the runtime role does."""

from typing import NamedTuple

from audit.reading import Event, read
from tenants.binding import Bindable, bound_to

CHANGES = {"insert", "update", "delete", "truncate"}


class Line(NamedTuple):
    """What a test says of a security event."""

    action: str
    outcome: str
    actor: str
    sentence: str


def security_events(target: Bindable, since: int = 0) -> list[Event]:
    """Oldest first, those with a higher id than `since`."""
    with bound_to(target):
        found = [event for event in read(1000) if event.action not in CHANGES and event.id > since]
    return found[::-1]


def newest(target: Bindable) -> int:
    with bound_to(target):
        return next((event.id for event in read(1)), 0)


def lines(target: Bindable, since: int = 0) -> list[Line]:
    return [
        Line(event.action, event.outcome, event.actor, event.sentence)
        for event in security_events(target, since)
    ]


def kinds(target: Bindable, since: int = 0) -> list[tuple[str, str]]:
    return [(event.action, event.outcome) for event in security_events(target, since)]
