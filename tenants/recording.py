"""What happened here, told to the platform's activity log, which is above (settings.AMANA_RECORD)."""

from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class Record(Protocol):
    def __call__(self, kind: str, outcome: str = "done", **details: str | int) -> None: ...


def record_in_catalog(kind: str, outcome: str = "done", **details: str | int) -> None:
    """A security event of the platform; nobody or the catalog is bound. See the function that the setting names."""
    cast(Record, import_string(settings.AMANA_RECORD))(kind, outcome, **details)
