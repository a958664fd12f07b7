"""The answer to "who may?" wherever a registry asks for one: navigation, palette, kinds of jobs."""

from collections.abc import Callable
from typing import Any


def holders(code: str) -> Callable[[Any], bool]:
    """Whoever holds the permission, somewhere at least."""
    return lambda person: bool(person.has_perm(code))


def holders_everywhere(*codes: str) -> Callable[[Any], bool]:
    """Whoever holds all of them for the whole tenant: what others made with them may hold any record."""
    return lambda person: person.rights.everywhere.issuperset(codes)
