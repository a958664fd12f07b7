"""What a change was, field by field and in words: old beside new, and what the log keeps back."""

import json
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, DateTimeField, Field
from django.utils.translation import gettext, pgettext

from activity.naming import Names, reference
from activity.tables import field_of, field_words
from audit.reading import Event
from interface import words
from interface.differing import Difference, differing

EMPTY: tuple[Any, ...] = (None, "", [], {})


def differences(event: Event, names: Names) -> list[Difference]:
    """By label, what isn't kept last. Of what was added or removed only what says something."""
    told = [_difference(event, column, names) for column in event.fields if _says_something(event, column)]
    return sorted(told, key=lambda difference: (bool(difference.note), str(difference.label)))


def is_ciphertext(table: str, column: str) -> bool:
    return bool(getattr(field_of(table, column), "is_ciphertext", False))


def _says_something(event: Event, column: str) -> bool:
    is_key = getattr(field_of(event.subject, column), "primary_key", False)
    values = event.before.get(column), event.after.get(column)
    return column in event.masked or (not is_key and any(value not in EMPTY for value in values))


def _difference(event: Event, column: str, names: Names) -> Difference:
    label = field_words(event.subject, column)
    note = _note(event, column)
    if note:
        return Difference(label, [], [], note)
    before, after = (shown(event.subject, column, values.get(column), names) for values in _sides(event))
    return differing(label, before, after)


def _sides(event: Event) -> tuple[Any, Any]:
    return event.before, event.after


def _note(event: Event, column: str) -> str:
    """What is said instead of values."""
    changed = event.action == "update"
    if column in event.masked:
        return gettext("Changed; what it says isn't kept here") if changed else gettext("Not kept here")
    if is_ciphertext(event.subject, column):
        return gettext("Changed; it is encrypted") if changed else gettext("Encrypted")
    return ""


def shown(table: str, column: str, value: Any, names: Names) -> str:
    """A value as a page says it: a choice by its label, a moment as one, another record by its name."""
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return pgettext("a switch", "on") if value else pgettext("a switch", "off")
    known = field_of(table, column)
    named = names.get(reference(table, column, value) or ("", ""))
    return named or (_in_words(known, value) if known is not None else "") or _plain(value)


def _in_words(known: "Field[Any, Any]", value: Any) -> str:
    label = dict(known.flatchoices).get(value) if known.choices else None
    return str(label) if label is not None else _moment(known, value)


def _moment(known: "Field[Any, Any]", value: Any) -> str:
    try:
        if isinstance(known, DateTimeField):
            return words.moment(datetime.fromisoformat(value))
        if isinstance(known, DateField):
            return words.day(date.fromisoformat(value))
    except ValueError:
        """Infinity, or a year that Python doesn't know: shown as PostgreSQL says it."""
    return ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
