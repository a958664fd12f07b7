"""What can be done with what: the permissions of the product, each registered by the app whose records it is about.

A permission is a resource and an action, written `contacts.contact:archive`. It exists only where a page asks for it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Q

from access.exceptions import UnknownPermission
from access.words import verb

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Surface = Literal["tenant", "operator"]
# Which records of a resource lie in a scope: told for a person's key and the scope's own, such as a warehouse's.
Within = Callable[[Any, str], Q]
NO_ACTIONS: Mapping[str, Any] = MappingProxyType({})


class Risk(Flag):
    """Why a permission weighs more than others. One of them is enough for a second factor to be asked for."""

    NONE = 0
    SENSITIVE = auto()
    PII = auto()
    MONEY = auto()
    CREDENTIALS = auto()


@dataclass(frozen=True, eq=False)
class Area:
    """Resources that stand together on the pages of roles, under one heading."""

    label: "_StrOrPromise"
    order: int


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What the activity log holds when a permission was used: the action of an event and the table it is about."""

    action: str
    subject: str = ""


@dataclass(frozen=True)
class Permission:
    """One action on one resource. `implies`: codes that come with it, since it is of no use without them."""

    resource: "Resource"
    action: str

    @property
    def code(self) -> str:
        return f"{self.resource.code}:{self.action}"

    @property
    def codename(self) -> str:
        """As Django's table has it, beside the content type of its app."""
        return f"{self.action}_{self.resource.name}"

    @property
    def verb(self) -> "_StrOrPromise":
        return verb(self.action)

    @property
    def label(self) -> str:
        return f"{self.resource.label}: {self.verb}"

    @property
    def risk(self) -> Risk:
        return self.resource.risks.get(self.action, Risk.NONE)

    @property
    def implies(self) -> frozenset[str]:
        own = {"view"} & set(self.resource.actions) - {self.action}
        named = self.resource.implies.get(self.action, ())
        return frozenset({f"{self.resource.code}:{action}" for action in own} | set(named))

    @property
    def traces(self) -> tuple[Trace, ...]:
        return self.resource.traces.get(self.action, ())

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """Something that is kept, `app.name`, and what can be done with it, in the order in which it is shown.

    `work`: the actions of everyday work; an editor of roles offers them with one choice. `scopes`: besides the whole
    tenant, the kinds of scope in which it can be granted. Of `risks`, `implies` and `traces` the keys are actions.
    """

    code: str
    label: "_StrOrPromise"
    area: Area
    surfaces: tuple[Surface, ...]
    actions: tuple[str, ...]
    work: tuple[str, ...] = ()
    risks: Mapping[str, Risk] = field(default_factory=dict)
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: Mapping[str, Within] = field(default_factory=dict)
    traces: Mapping[str, tuple[Trace, ...]] = field(default_factory=dict)

    @property
    def app(self) -> str:
        return self.code.partition(".")[0]

    @property
    def name(self) -> str:
        return self.code.partition(".")[2]

    @property
    def permissions(self) -> list[Permission]:
        return [Permission(self, action) for action in self.actions]


_resources: dict[str, Resource] = {}
_permissions: dict[str, Permission] = {}
_named: dict[tuple[str, str], str] = {}


def add_resource(resource: Resource) -> Resource:
    """Register what can be done with one kind of record. Raises ValueError for what is there already."""
    if resource.code in _resources:
        raise ValueError(f"{resource.code} is registered already.")
    _resources[resource.code] = resource
    for each in resource.permissions:
        _permissions[each.code] = each
        _named[resource.app, each.codename] = each.code
    return resource


def resources(surface: Surface) -> list[Resource]:
    """By area, and within one in the order in which they were registered."""
    return sorted(
        (each for each in _resources.values() if surface in each.surfaces), key=lambda each: each.area.order
    )


def permissions(surface: Surface) -> Iterator[Permission]:
    for resource in resources(surface):
        yield from resource.permissions


def codes(surface: Surface) -> frozenset[str]:
    return frozenset(permission.code for permission in permissions(surface))


def permission(code: str) -> Permission:
    """Raises UnknownPermission."""
    try:
        return _permissions[code]
    except KeyError:
        raise UnknownPermission(f"No app has registered {code}.") from None


def code_named(app: str, codename: str) -> str:
    """The code of a row of Django's table; empty where no app has registered it."""
    return _named.get((app, codename), "")


def is_registered(code: str) -> bool:
    return code in _permissions


def complete(codes: frozenset[str]) -> frozenset[str]:
    """These and all that they imply, of those that are registered."""
    found: set[str] = set()
    waiting = [code for code in codes if is_registered(code)]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(permission(code).implies)
    return frozenset(found)


def carriers(code: str) -> frozenset[str]:
    """All that bring `code` along, itself among them; none where no app has registered it."""
    return frozenset(each for each in _permissions if code in complete(frozenset({each})))


def risk_of(codes: frozenset[str]) -> Risk:
    """All the reasons that any of `codes` has."""
    risk = Risk.NONE
    for code in codes:
        if is_registered(code):
            risk |= permission(code).risk
    return risk
