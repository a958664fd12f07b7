"""What tables and columns are called on a page: as the app that keeps them says, or else as the model does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext

from audit.declaring import declaration_of, exemptions
from tenants.binding import bound_tenant

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Named = Callable[[Any], "QuerySet[Any] | None"]


@dataclass(frozen=True)
class Described:
    """`label`: what one row is, in the middle of a sentence. `fields`: labels by column.

    `named`: the rows whose names a person may read; for somebody unknown (None) those that everybody may.
    """

    label: "_StrOrPromise"
    fields: Mapping[str, "_StrOrPromise"] = field(default_factory=dict)
    named: Named | None = None


_described: dict[str, Described] = {}


def describe(
    table: str,
    label: "_StrOrPromise",
    fields: "Mapping[str, _StrOrPromise] | None" = None,
    named: Named | None = None,
) -> None:
    """Register how a table's rows and columns are called in the log."""
    _described[table] = Described(label, fields or {}, named)


def table_words(table: str) -> str:
    """What one row of it is: contact."""
    described, model = _described.get(table), model_of(table)
    if described:
        return str(described.label)
    return gettext(str(model._meta.verbose_name)) if model else table


def field_words(table: str, column: str) -> str:
    """What a column is called: Phone."""
    described = _described.get(table)
    if described and column in described.fields:
        return str(described.fields[column])
    known = field_of(table, column)
    return capfirst(gettext(str(known.verbose_name))) if known is not None else column


def logged_tables() -> list[str]:
    """Of the models of whoever is bound, those whose changes are logged."""
    labels = settings.TENANT_LABELS if bound_tenant() else settings.CATALOG_LABELS
    known = {table: model for table, model in _models().items() if model._meta.app_label in labels}
    return [table for table in known if table not in exemptions()]


def columns_of(table: str) -> list[str]:
    """Those whose changes the log tells."""
    model = model_of(table)
    ignored = declaration_of(table).ignored
    fields = model._meta.local_concrete_fields if model else ()
    return [each.column for each in fields if not each.primary_key and each.column not in ignored]


def named_rows(table: str, person: Any) -> "QuerySet[Any] | None":
    """Rows of that table which may be called by their names for `person`; None where none have any."""
    described = _described.get(table)
    return described.named(person) if described and described.named else None


def model_of(table: str) -> type[Model] | None:
    return _models().get(table)


def field_of(table: str, column: str) -> "Field[Any, Any] | None":
    model = model_of(table)
    known = model._meta.local_concrete_fields if model else ()
    return next((each for each in known if each.column == column), None)


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
