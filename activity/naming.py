"""The names of what the events of a page are about, and of whom they name: a query a table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from activity.tables import field_of, model_of, named_rows
from audit.reading import Event

Key = tuple[str, str]


def names_in(events: Iterable[Event], person: Any) -> dict[Key, str]:
    """(table, key) of each row that is mentioned, with its name, as far as `person` may read it."""
    mentioned: dict[str, set[str]] = defaultdict(set)
    for table, key in (key for event in events for key in _mentioned(event)):
        mentioned[table].add(key)
    return {
        (table, key): name for table, keys in mentioned.items() for key, name in _named(table, keys, person)
    }


def reference(table: str, column: str, value: object) -> Key | None:
    """The row that a column's value points to, if it does."""
    known = field_of(table, column)
    target = known.related_model if known is not None and known.is_relation else None
    return (target._meta.db_table, str(value)) if target and value is not None else None  # type: ignore[union-attr]


def _mentioned(event: Event) -> Iterator[Key]:
    if event.subject and event.object_id:
        yield event.subject, event.object_id
    for values in (event.before, event.after):
        for column, value in values.items():
            found = reference(event.subject, column, value)
            if found:
                yield found


def _named(table: str, keys: set[str], person: Any) -> Iterator[tuple[str, str]]:
    rows = named_rows(table, person)
    if rows is not None:
        yield from ((str(row.pk), str(row)) for row in rows.filter(pk__in=_keys(table, keys)))


def _keys(table: str, keys: set[str]) -> list[Any]:
    """Those that can be a key of that table: what an event is about is said by whoever recorded it."""
    model = model_of(table)
    found = []
    for key in keys:
        try:
            found.append(model._meta.pk.to_python(key))  # type: ignore[union-attr]
        except ValidationError:
            continue
    return found


Names = Mapping[Key, str]
