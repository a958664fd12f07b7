"""Words that are stored: a sentence of the code's own, and the numbers in it. Translated when they are shown."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

NAMELESS = (bool, int, float, Decimal, date, UUID)


def in_words(text: str, details: Mapping[str, Any]) -> str:
    """The sentence in the reader's language, with its details; `text` is English as it stands in the code."""
    return filled(gettext(text) if text else "", details)


def filled(said: str, details: Mapping[str, Any]) -> str:
    """With its details, or as it stands where they don't fit: rows outlive the code that wrote them."""
    try:
        return said % details if details else said
    except (KeyError, TypeError, ValueError):
        return said


def nameless(details: Mapping[str, object]) -> dict[str, Any]:
    """The details as JSON. Raises TypeError for a text: a log line of a job names nobody."""
    for name, value in details.items():
        if not isinstance(value, NAMELESS):
            raise TypeError(
                f"{name} is a {type(value).__name__}: a job's log holds numbers, dates and ids only."
            )
    return {name: _plain(value) for name, value in details.items()}


def _plain(value: object) -> bool | int | float | str:
    return value if isinstance(value, bool | int | float) else str(value)
