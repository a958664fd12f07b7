"""Moments in rows, asked of the catalog's server: which have come, and which only a wrong clock can have written."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

A_MOMENT = timedelta(minutes=5)
FURTHEST = timedelta(hours=2)  # no lease reaches further, nor does any pause before another try


def is_past(column: str) -> Q:
    return Q(**{f"{column}__lte": Now() + A_MOMENT})


def is_ahead(column: str) -> Q:
    """What was done at that moment wasn't: it is still to come."""
    return Q(**{f"{column}__gt": Now() + A_MOMENT})


def has_come(column: str) -> Q:
    """It has gone by, or lies so far ahead that it never was right."""
    return Q(**{f"{column}__lte": Now()}) | Q(**{f"{column}__gt": Now() + FURTHEST})
