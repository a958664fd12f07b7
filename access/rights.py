"""What one person may do, compiled from everything that was assigned to them.

The one predicate behind a page's door, the rows of a list, a count, an export, a search, a masked field, the palette.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from access.registry import Risk, permission, risk_of

Row = TypeVar("Row", bound=Model)
NO_SCOPES: Mapping[str, frozenset["Scope"]] = MappingProxyType({})


class Scope(NamedTuple):
    """A part of a tenant's records: its kind, such as "own" or "warehouse", and the key of which one, if any."""

    kind: str
    id: str = ""


EVERYWHERE = Scope("tenant")


@dataclass(frozen=True)
class Rights:
    """`everywhere`: codes held for the whole tenant; `scoped`: codes held in parts of it only.

    `until`: when an assignment begins or ends next, and these are to be compiled anew.
    """

    person: Any = None
    everywhere: frozenset[str] = frozenset()
    scoped: Mapping[str, frozenset[Scope]] = field(default_factory=lambda: NO_SCOPES)
    until: datetime | None = None

    @property
    def codes(self) -> frozenset[str]:
        return self.everywhere | self.scoped.keys()

    @property
    def risk(self) -> Risk:
        return risk_of(self.codes)

    def may(self, code: str) -> bool:
        """Somewhere at least: a page may be opened, and what is in reach stands on it."""
        return code in self.everywhere or code in self.scoped

    def may_with(self, code: str, record: Model) -> bool:
        """With this very record. A query only where the permission is held in a part of the tenant."""
        if code in self.everywhere:
            return True
        within = self._within(code)
        return within is not None and type(record)._default_manager.filter(within, pk=record.pk).exists()

    def reach(self, code: str, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those of `rows` with which this may be done: none, some or all."""
        if code in self.everywhere:
            return rows
        within = self._within(code)
        return rows.none() if within is None else rows.filter(within)

    def within(self, code: str) -> Q:
        """The same reach as a condition on the resource's own rows, to be put together with others."""
        if code in self.everywhere:
            return Q()
        within = self._within(code)
        return Q(pk__in=[]) if within is None else within

    def _within(self, code: str) -> Q | None:
        scopes = self.scoped.get(code, frozenset())
        known = permission(code).resource.scopes
        within = [known[scope.kind](self.person, scope.id) for scope in sorted(scopes) if scope.kind in known]
        if not within:
            return None
        reach = within[0]
        for part in within[1:]:
            reach |= part
        return reach


NO_RIGHTS = Rights()
