"""Roles as their pages show them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.duties import Conflict, conflicts_in
from access.registry import Risk, risk_of
from accounts.built_in import BUILT_IN
from accounts.managers import RoleQuerySet
from accounts.models import Role
from accounts.roles.holding import asks_for_a_second_factor, people_by_role
from accounts.roles.matrix import RISKS, columns_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

EVERYTHING = ("owner", "super_admin")


@dataclass(frozen=True)
class Shown:
    """One role in the list. `people`: how many have it now."""

    role: Role
    codes: frozenset[str]
    people: int
    asks: bool

    @property
    def risks(self) -> list["_StrOrPromise"]:
        return risk_labels(risk_of(self.codes))


def shown_roles(text: str = "") -> list[Shown]:
    """Built-in ones first, as the code has them, then custom ones by name; those whose words carry `text`."""
    roles = [role for role in in_order(Role.objects.all()) if _carries(role, text)]
    people = people_by_role(roles)
    everybody = asks_for_a_second_factor(frozenset())
    return [
        Shown(role, column.codes, len(people[role.pk]), everybody or risk_of(column.codes) != Risk.NONE)
        for role, column in zip(roles, columns_of(roles), strict=True)
    ]


def in_order(roles: RoleQuerySet) -> list[Role]:
    """Those that came first stand first: the built-in ones in the order of the code."""
    return sorted(roles, key=lambda role: (not role.is_built_in, _place_of(role), role.name.casefold()))


def risk_labels(risk: Risk) -> list["_StrOrPromise"]:
    return [label for flag, label in RISKS.values() if risk & flag]


def conflicts_of_role(role: Role, codes: frozenset[str]) -> list[Conflict]:
    """None of a role that may do everything: it is meant to, and its page says so."""
    return [] if role.code in EVERYTHING else conflicts_in(codes)


def _carries(role: Role, text: str) -> bool:
    said = f"{role.label} {role.name} {role.purpose}".casefold()
    return all(word in said for word in text.casefold().split())


def _place_of(role: Role) -> int:
    return next((place for place, known in enumerate(BUILT_IN) if known.code == role.code), len(BUILT_IN))
