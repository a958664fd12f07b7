"""Which records have a page of their history, who may open it, and where the record itself is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse

from access.registry import Surface
from interface.tabs import Tab

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, kw_only=True)
class History:
    """`code`: the permission that it takes, with the very record. `label`: of the list that it stands in.

    `list_url`, `detail_url`: names of the pages of that list and of one record. `tabs`: all pages about a record that a
    person may open, where there are more than itself and this one.
    """

    model: type[Model]
    code: str
    label: "_StrOrPromise"
    list_url: str
    detail_url: str
    surfaces: tuple[Surface, ...] = ("tenant",)
    tabs: Callable[[Any, Any], list[Tab]] | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def reached_by(self, person: Any) -> QuerySet[Any]:
        """The records whose history this person may read."""
        reached: QuerySet[Any] = person.rights.reach(self.code, self.model._default_manager.all())
        return reached

    def list_address(self) -> str:
        return _address(self.list_url)

    def address_of(self, record: Model) -> str:
        return _address(self.detail_url, record.pk)


def _address(name: str, *arguments: object) -> str:
    """Empty where this site has no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


_histories: dict[str, History] = {}


def add_history(history: History) -> None:
    """Register it. Raises ValueError for a table that has one already."""
    if history.table in _histories:
        raise ValueError(f"{history.table} has a history already.")
    _histories[history.table] = history


def histories() -> Mapping[str, History]:
    """By table."""
    return MappingProxyType(_histories)


def history_for(record: Model, person: Any) -> History | None:
    """That of a record, where this person may read it."""
    history = _histories.get(record._meta.concrete_model._meta.db_table)  # type: ignore[union-attr]
    return history if history and person.rights.may_with(history.code, record) else None
