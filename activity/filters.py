"""What the address of the log asks for; what makes no sense there counts as not asked."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.actors import everybody
from activity.tables import columns_of, field_words, logged_tables, table_words
from activity.telling import OUTCOMES
from audit.context import ANONYMOUS
from audit.events import Kind, kinds
from audit.reading import Only
from interface.filtering import IS, Choices, Field, Narrowing, narrowings
from tenants.binding import bound_tenant

SORTS = (
    (ANONYMOUS, _("Somebody unknown")),
    ("system", _("The system")),
    ("command", _("Commands")),
    ("operator", _("Operators of Amana")),
)
WHAT = (
    ("changes", _("Any change of a record")),
    ("events", _("Any security event")),
    ("insert", _("Something was added")),
    ("update", _("Something was changed")),
    ("delete", _("Something was removed")),
)
SPANS = {
    "day": (timedelta(days=1), _("The last 24 hours")),
    "week": (timedelta(days=7), _("The last 7 days")),
    "month": (timedelta(days=30), _("The last 30 days")),
    "quarter": (timedelta(days=90), _("The last 90 days")),
}
ONLY_IS = (IS,)


@dataclass(frozen=True)
class LogFilter:
    """What is asked of the log; `fields` are all that it could be asked.

    `table` and `key`: where it is about one record.
    """

    fields: tuple[Field, ...]
    narrowed: tuple[Narrowing, ...]
    table: str = ""
    key: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        fields = fields_for(query.get("table", ""))
        return cls(fields, narrowings(fields, query))

    @classmethod
    def of_record(cls, table: str, key: str, query: Mapping[str, str]) -> Self:
        """Of one record of that table only its fields are asked for."""
        columns = columns_to_choose(table)
        fields = (Field("field", _("Field"), "", lambda: columns, ONLY_IS),)
        return cls(fields, narrowings(fields, query), table, key)

    @property
    def is_narrow(self) -> bool:
        return bool(self.narrowed)

    @property
    def query(self) -> dict[str, str]:
        """The same filter as an address has it: `of` reads it again."""
        return {one.field.name: one.value for one in self.narrowed}

    @property
    def only(self) -> Only:
        """As the log is asked."""
        asked = self.query
        only: Only = {**_who(asked.get("who", "")), **_what(asked.get("what", ""))}
        if table := asked.get("table", self.table):
            only["subject"] = table
        if record := asked.get("record", self.key):
            only["object_id"] = record
        if field := asked.get("field"):
            only["subject"], _dot, only["field"] = field.partition(".")
        if outcome := asked.get("outcome"):
            only["outcome"] = outcome
        return {**only, **_when(asked)}


def fields_for(table: str) -> tuple[Field, ...]:
    """Of the fields of records those of `table`, or where it is none of ours, of all."""
    who, what, tables, columns = _people(), _kinds(), _tables(), _columns(table)
    return (
        Field("who", _("Who"), "", lambda: who, ONLY_IS),
        Field("what", _("What"), "", lambda: what, ONLY_IS),
        Field("table", _("Kind of record"), "", lambda: tables, ONLY_IS),
        Field("record", _("ID of the record"), "", None, ONLY_IS),
        Field("field", _("Field"), "", lambda: columns, ONLY_IS),
        Field("outcome", _("Outcome"), "", lambda: [*OUTCOMES.items()], ONLY_IS),
        Field(
            "when", _("When"), "", lambda: [(name, said) for name, (_span, said) in SPANS.items()], ONLY_IS
        ),
        Field("from", pgettext_lazy("first day", "From"), "", None, ONLY_IS, of_day=True),
        Field("until", pgettext_lazy("last day", "Until"), "", None, ONLY_IS, of_day=True),
    )


def columns_to_choose(table: str) -> Choices:
    """Of one table, by label."""
    found = [(f"{table}.{column}", field_words(table, column)) for column in columns_of(table)]
    return sorted(found, key=lambda pair: pair[1])


def _people() -> Choices:
    """First those who are no people of this place; operators are people where they act themselves."""
    sorts = SORTS if bound_tenant() else SORTS[:-1]
    return [*sorts, *everybody()]


def _kinds() -> Choices:
    events = [(kind.name, kind_words(kind)) for kind in kinds().values()]
    return [*WHAT, *sorted(events, key=lambda pair: pair[1])]


def kind_words(kind: Kind) -> str:
    """Its first sentence, with gaps where it names something."""
    sentence = str(next(iter(kind.sentences.values())))
    return capfirst((sentence % defaultdict(lambda: "…")).strip())


def _tables() -> Choices:
    found = [(table, capfirst(table_words(table))) for table in logged_tables()]
    return sorted(found, key=lambda pair: pair[1])


def _columns(table: str) -> Choices:
    if table in logged_tables():
        return columns_to_choose(table)
    return [
        (value, f"{capfirst(table_words(each))}: {label}")
        for each, _words in _tables()
        for value, label in columns_to_choose(each)
    ]


def _who(value: str) -> Only:
    if value in {"system", "command", "operator"}:
        return {"actors": [value]}
    return {"actor": value} if value else {}


def _what(value: str) -> Only:
    if value in {"changes", "events"}:
        return {"changes": value == "changes"}
    return {"action": value} if value else {}


def _when(asked: Mapping[str, str]) -> Only:
    """The narrowest of all that was asked; days are those of UTC."""
    since, until = [], []
    if span := asked.get("when"):
        since.append(timezone.now() - SPANS[span][0])
    if first := asked.get("from"):
        since.append(_midnight(first))
    if (last := asked.get("until")) and date.fromisoformat(last) < date.max:  # no day comes after that one
        until.append(_midnight(last) + timedelta(days=1))
    only: Only = {}
    if since:
        only["since"] = max(since)
    if until:
        only["until"] = min(until)
    return only


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
