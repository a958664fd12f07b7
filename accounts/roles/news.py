"""What came after a custom role was last gone through: into the product, or into the role it was copied from."""

from dataclasses import dataclass

from access.registry import Permission, Surface, codes, permission
from accounts.models import Role
from accounts.role_content import codes_of
from tenants.binding import bound_tenant

OF_THE_PARENT = "+"


@dataclass(frozen=True)
class New:
    """A permission that the role hasn't got. `in_parent`: the role it was copied from has it now."""

    permission: Permission
    in_parent: bool


def offered_now(role: Role) -> list[str]:
    """What Role.offered is to say after somebody has gone through it: all there is, and what its parent holds."""
    parent = codes_of(role.cloned_from) if role.cloned_from else frozenset()
    return [*sorted(registered()), *(f"{OF_THE_PARENT}{code}" for code in sorted(parent))]


def news_of(role: Role) -> list[New]:
    """First what its parent has. Nothing of a built-in role: that is brought up to date by itself."""
    if role.is_built_in:
        return []
    present, offered = codes_of(role), frozenset(role.offered)
    parent = codes_of(role.cloned_from) if role.cloned_from else frozenset()
    into_parent = {code for code in parent if f"{OF_THE_PARENT}{code}" not in offered} - present
    registered_since = registered() - offered - present
    found = [New(permission(code), code in parent) for code in sorted(into_parent | registered_since)]
    return sorted(found, key=lambda new: not new.in_parent)


def registered() -> frozenset[str]:
    """The codes of the site that is bound."""
    return codes(surface())


def surface() -> Surface:
    return "tenant" if bound_tenant() else "operator"
