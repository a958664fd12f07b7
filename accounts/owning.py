"""What is somebody's: each app says in its `owned.py` what a person leaves behind there, to be looked at in time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.registry import Surface
from tenants.binding import bound_tenant

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Owned:
    """One kind of things. `count`: how many are the person's. `url`: where they stand, or empty."""

    label: "_StrOrPromise"
    count: Callable[["User"], int]
    url: Callable[["User"], str] = lambda _person: ""
    surface: Surface | None = None


@dataclass(frozen=True)
class Left:
    label: "_StrOrPromise"
    count: int
    url: str


_owned: list[Owned] = []


def add_owned(owned: Owned) -> None:
    """Have it counted where somebody is deactivated."""
    _owned.append(owned)


def what_is_left_by(person: "User") -> list[Left]:
    """Of whoever is bound; what there is none of isn't in it. A query for each kind."""
    here: Surface = "tenant" if bound_tenant() else "operator"
    kinds = [each for each in _owned if each.surface in {None, here}]
    counted = [Left(each.label, each.count(person), each.url(person)) for each in kinds]
    return [each for each in counted if each.count]
