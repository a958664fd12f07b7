"""What other apps add to every database after its migrations (settings.AMANA_SCHEMA_STEPS)."""

from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from tenants.places import Place


class SchemaStep(Protocol):
    """A module that brings its part of a database to this code, and can be run again."""

    def install(self, place: Place) -> None: ...

    def empty(self, place: Place) -> None:
        """Take out of a new template what its building left there: clones begin without it."""

    def source(self) -> list[str]:
        """All that decides what `install` makes."""
        ...


def schema_steps() -> list[SchemaStep]:
    return [cast(SchemaStep, import_module(path)) for path in settings.AMANA_SCHEMA_STEPS]


def install_all(place: Place) -> None:
    for step in schema_steps():
        step.install(place)


def empty_all(place: Place) -> None:
    for step in schema_steps():
        step.empty(place)
