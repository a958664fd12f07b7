"""What a person could do who gets one more role: told before it is given, to whoever gives it."""

from collections.abc import Iterable

from access.duties import Conflict, conflicts_in
from accounts.models import Role, User
from accounts.role_content import codes_of


def conflicts_brought_by(roles: Iterable[Role], by: User, to: User | None = None) -> list[Conflict]:
    """The pairs of permissions that `to`, None for a newcomer, would hold together with `roles` only.

    None where `by` can't give them at all: that is refused, whatever they bring together.
    """
    held = to.rights.codes if to else frozenset()
    given = frozenset[str]().union(*(codes_of(role) for role in roles))
    if not given <= by.rights.everywhere:
        return []
    return [each for each in conflicts_in(held | given) if not each.codes <= held]
