"""The activity log of who is bound, newest first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

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
        in_request => %(request)s, with_outcome => %(outcome)s)"""
CHANGES = {
    "insert": _("%(actor)s added %(subject)s %(object_id)s"),
    "update": _("%(actor)s changed %(subject)s %(object_id)s"),
    "delete": _("%(actor)s removed %(subject)s %(object_id)s"),
    "truncate": _("%(actor)s emptied %(subject)s"),
}


class Only(TypedDict, total=False):
    """What an event must be; left out means any. `since` is included, `until` isn't."""

    since: datetime
    until: datetime
    actor: str
    action: str
    outcome: str
    subject: str
    object_id: str
    request: str


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


class Named(dict[str, Any]):
    """A detail that an older release didn't record is a gap in the sentence, not the end of the page."""

    def __missing__(self, name: str) -> str:
        return "…"


def read(most: int = 100, *, before_id: int | None = None, **only: Unpack[Only]) -> list[Event]:
    """The newest `most` events, 1,000 at the most; `before_id`, the last one's id, gives those after it."""
    asked: dict[str, Any] = {**ANY, **only, "most": most, "before_id": before_id}
    with connection.cursor() as cursor:
        cursor.execute(READ, asked)
        return [_event(dict(zip(COLUMNS, row, strict=True))) for row in cursor.fetchall()]


def history_of(instance: Model, most: int = 100, *, before_id: int | None = None) -> list[Event]:
    """What happened to this row of the bound database, newest first. Raises CrossTenantError for another's."""
    check_origin(instance, bound_alias())
    table = instance._meta.concrete_model._meta.db_table  # type: ignore[union-attr]
    return read(most, before_id=before_id, subject=table, object_id=str(instance.pk))


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
