"""Separation of duties: which permissions one person shouldn't hold together, and why. Each app says its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.registry import Permission, permission

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Conflict:
    """Two codes, and in a sentence what somebody could do who holds both."""

    first: str
    second: str
    why: "_StrOrPromise"

    @property
    def codes(self) -> frozenset[str]:
        return frozenset({self.first, self.second})

    @property
    def permissions(self) -> list[Permission]:
        """What they are called. Raises UnknownPermission."""
        return [permission(self.first), permission(self.second)]


_conflicts: list[Conflict] = []


def conflict(first: str, second: str, why: "_StrOrPromise") -> Conflict:
    """Register a pair. Raises ValueError for one code twice and for a pair that is there already."""
    made = Conflict(first, second, why)
    if len(made.codes) < 2 or any(made.codes == other.codes for other in _conflicts):
        raise ValueError(f"{first} and {second} aren't a new pair.")
    _conflicts.append(made)
    return made


def conflicts_in(codes: frozenset[str]) -> list[Conflict]:
    """The pairs of which `codes` holds both."""
    return [each for each in _conflicts if each.codes <= codes]


def conflicts_of(code: str) -> list[Conflict]:
    """The pairs that `code` is one of."""
    return [each for each in _conflicts if code in each.codes]
