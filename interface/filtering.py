"""A list narrowed by its address: which fields there are, what is asked of each, and the bar that shows it as chips."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from interface.words import day

IS, NOT, HAS = "is", "not", "has"
OPERATORS: dict[str, StrPromise] = {IS: _("is"), NOT: _("is not"), HAS: _("contains")}
PLACES = ("page", "after", "before")
LONGEST = 200

Choices = Sequence[tuple[str, "str | StrPromise"]]


@dataclass(frozen=True)
class Field:
    """What a list can be narrowed by, out of `choices`, by typed text or, `of_day`, by a date; `lookup` is the name it
    has in a query. `comparisons`: which of the operators there are, where not all.
    """

    name: str
    label: StrPromise
    lookup: str
    choices: Callable[[], Choices] | None = None
    comparisons: tuple[str, ...] = ()
    of_day: bool = False

    @property
    def operators(self) -> list[tuple[str, StrPromise]]:
        names = self.comparisons or ((IS, NOT) if self.choices else (HAS, IS, NOT))
        return [(name, OPERATORS[name]) for name in names]

    @property
    def operator_name(self) -> str:
        return f"{self.name}-op"

    def asked_in(self, query: Mapping[str, str]) -> "Narrowing | None":
        """What the address asks of this field; None where it asks nothing that makes sense."""
        value = query.get(self.name, "").replace("\0", "").strip()[:LONGEST]
        known = [name for name, _label in self.operators]
        operator = query.get(self.operator_name, known[0])
        sensible = value and self._makes_sense(value)
        return Narrowing(self, operator if operator in known else known[0], value) if sensible else None

    def _makes_sense(self, value: str) -> bool:
        if self.of_day:
            return _is_day(value)
        return self.choices is None or value in {str(choice) for choice, _label in self.choices()}


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Narrowing:
    """One thing asked of a list: kind is person."""

    field: Field
    operator: str
    value: str

    @property
    def operator_label(self) -> StrPromise:
        return OPERATORS[self.operator]

    @property
    def value_label(self) -> "str | StrPromise":
        if self.field.of_day:
            return day(date.fromisoformat(self.value))
        labels = dict(self.field.choices()) if self.field.choices else {}
        return labels.get(self.value, self.value)

    @property
    def condition(self) -> Q:
        how = "exact" if self.field.choices else "icontains" if self.operator == HAS else "iexact"
        wanted = Q(**{f"{self.field.lookup}__{how}": self.value})
        return ~wanted if self.operator == NOT else wanted

    @property
    def parameters(self) -> dict[str, str]:
        return {self.field.name: self.value, self.field.operator_name: self.operator}


def narrowings(fields: Iterable[Field], query: Mapping[str, str]) -> tuple[Narrowing, ...]:
    return tuple(found for found in (field.asked_in(query) for field in fields) if found)


@dataclass(frozen=True)
class Chip:
    """A narrowing as it is shown, with the address of the list without it."""

    narrowing: Narrowing
    href: str


@dataclass(frozen=True)
class Menu:
    """A form that asks something of one field, keeping all else that was asked."""

    field: Field
    kept: list[tuple[str, str]]
    chosen: Narrowing | None


@dataclass(frozen=True)
class FilterBar:
    """The address of a list, as chips, menus and a search field: each of them leads to another address."""

    query: QueryDict
    fields: tuple[Field, ...]

    @property
    def q(self) -> str:
        return self.query.get("q", "").replace("\0", "").strip()[:LONGEST]

    @property
    def chips(self) -> list[Chip]:
        found = narrowings(self.fields, self.query)
        return [Chip(one, self._address(without=one.parameters)) for one in found]

    @property
    def menus(self) -> list[Menu]:
        asked = {one.field.name: one for one in narrowings(self.fields, self.query)}
        return [
            Menu(field, self._kept(field.name, field.operator_name), asked.get(field.name))
            for field in self.fields
        ]

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        return self._kept("q")

    @property
    def without_search(self) -> str:
        return self._address(without=("q",))

    @property
    def without_all(self) -> str:
        names = [name for field in self.fields for name in (field.name, field.operator_name)]
        return self._address(without=("q", *names))

    def _kept(self, *without: str) -> list[tuple[str, str]]:
        return [*self._rest(without).items()]

    def _address(self, without: Iterable[str]) -> str:
        query = QueryDict(mutable=True)
        query.update(self._rest(without))
        return f"?{query.urlencode()}"

    def _rest(self, without: Iterable[str]) -> dict[str, str]:
        gone = {*without, *PLACES}
        asked = {name: str(self.query[name]) for name in self.query if name not in gone}
        return {name: value for name, value in asked.items() if value}
