"""The activity log of who is bound, newest first."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypedDict, Unpack

from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from audit.events import UNDONE, kinds
from tenants.binding import bound_alias
from tenants.routing import check_origin

TEXTS = ("action", "outcome", "actor", "request", "ip", "reason", "subject", "object_id")
VALUES = ("before", "after", "details")
COLUMNS = ("id", "era", "at", *TEXTS, *VALUES, "masked")
READ = """
    SELECT id, era, at, action, outcome, actor, request, host(ip), reason, subject, object_id,
           before, after, details, masked
    FROM activity_api.read(
        most => %(most)s, before_id => %(before_id)s, since => %(since)s, until => %(until)s,
        by_actor => %(actor)s, of_action => %(action)s, of_subject => %(subject)s, of_object => %(object_id)s,
        in_request => %(request)s, with_outcome => %(outcome)s, after_id => %(after_id)s, upward => %(upward)s,
        of_changes => %(changes)s, of_actors => %(actors)s::text[], of_subjects => %(subjects)s::text[],
        of_field => %(field)s)"""
CHANGES = {
    "insert": _("%(actor)s added %(subject)s %(object_id)s"),
    "update": _("%(actor)s changed %(subject)s %(object_id)s"),
    "delete": _("%(actor)s removed %(subject)s %(object_id)s"),
    "truncate": _("%(actor)s emptied %(subject)s"),
}


class Only(TypedDict, total=False):
    """What an event must be; left out means any. `since` is included, `until` isn't.

    `changes`: whether it is a change of a row. `actors`: kinds of them, such as "system" of "system:sweep". `field`: a
    column that changed, masked or not.
    """

    since: datetime
    until: datetime
    actor: str
    action: str
    outcome: str
    subject: str
    object_id: str
    request: str
    changes: bool
    actors: list[str]
    subjects: list[str]
    field: str


class TooMuchToRead(Exception):
    """The log couldn't be searched within the time that was given."""


ANY: dict[str, None] = dict.fromkeys(Only.__annotations__)


@dataclass(frozen=True)
class Event:
    """One line of the log. Of a change: what was `before` and `after`, and which columns are `masked`; `at` is UTC."""

    id: int
    era: int
    at: datetime
    action: str
    outcome: str
    actor: str
    request: str
    ip: str
    reason: str
    subject: str
    object_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    masked: tuple[str, ...]
    details: Mapping[str, str | int]

    @property
    def is_change(self) -> bool:
        """Of a row; every other is a security event."""
        return self.action in CHANGES

    @property
    def fields(self) -> list[str]:
        """The columns that it tells of, by name."""
        return sorted({*self.before, *self.after, *self.masked})

    @property
    def sentence(self) -> str:
        """What happened, in the active language. Of a kind that no longer exists: its name."""
        kind = kinds().get(self.action)
        known = kind.sentences if kind else {}
        told = known.get(self.outcome) or CHANGES.get(self.action)  # type: ignore[call-overload]
        if told is None and self.outcome == "failed" and "done" in known:
            return UNDONE % {"sentence": self._filled(known["done"])}
        return self._filled(told or self.action)

    def _filled(self, sentence: object) -> str:
        said = {"actor": self.actor, "subject": self.subject, "object_id": self.object_id, **self.details}
        return str(sentence) % Named(said)


class Use(NamedTuple):
    """Somebody did something to some row of that table; `subject` is empty where it was about none."""

    actor: str
    action: str
    subject: str


class Named(dict[str, Any]):
    """A detail that an older release didn't record is a gap in the sentence, not the end of the page."""

    def __missing__(self, name: str) -> str:
        return "…"


@dataclass(frozen=True)
class Page:
    """Which part of the log: the newest events before `before_id`, or, `upward`, the oldest after `after_id`.

    `seconds`: how long it may take; None for as long as any statement may.
    """

    most: int = 100
    before_id: int | None = None
    after_id: int | None = None
    upward: bool = False
    seconds: int | None = None


def read(most: int = 100, *, before_id: int | None = None, **only: Unpack[Only]) -> list[Event]:
    """The newest `most` events, 1,000 at the most; `before_id`, the last one's id, gives those after it."""
    return read_page(Page(most, before_id), **only)


def read_page(page: Page, **only: Unpack[Only]) -> list[Event]:
    """In the order in which the page was asked for. Raises TooMuchToRead."""
    said = asdict(page)
    seconds = said.pop("seconds")
    with _within(seconds), connection.cursor() as cursor:
        asked: dict[str, Any] = {**ANY, **only, **said}
        cursor.execute(READ, asked)
        return [_event(dict(zip(COLUMNS, row, strict=True))) for row in cursor.fetchall()]


def uses(since: datetime, seconds: int) -> set[Use]:
    """All that was done since then, each once. Raises TooMuchToRead where that takes longer than `seconds`."""
    with _within(seconds), connection.cursor() as cursor:
        cursor.execute("SELECT actor, action, subject FROM activity_api.uses(%s)", [since])
        return {Use(*row) for row in cursor.fetchall()}


def history_of(instance: Model, most: int = 100, *, before_id: int | None = None) -> list[Event]:
    """What happened to this row of the bound database, newest first. Raises CrossTenantError for another's."""
    check_origin(instance, bound_alias())
    table = instance._meta.concrete_model._meta.db_table  # type: ignore[union-attr]
    return read(most, before_id=before_id, subject=table, object_id=str(instance.pk))


@contextmanager
def _within(seconds: int | None) -> Iterator[None]:
    """Statements of the block are stopped after so many seconds. Raises TooMuchToRead then."""
    if seconds is None:
        yield
        return
    try:
        with transaction.atomic():
            before = _patience(f"{seconds}s")
            yield
            _patience(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuchToRead from error
        raise


def _patience(wanted: str) -> str:
    """Set for this transaction; returns what it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        [before] = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [wanted])
    return str(before)


def _event(row: dict[str, Any]) -> Event:
    texts: dict[str, Any] = {name: row[name] or "" for name in TEXTS}
    values: dict[str, Any] = {name: json.loads(row[name]) if row[name] else {} for name in VALUES}
    return Event(
        id=row["id"],
        era=row["era"],
        at=row["at"].astimezone(UTC),
        masked=tuple(row["masked"] or ()),
        **texts,
        **values,
    )
