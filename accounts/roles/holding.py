"""Who has a role, who holds a permission, and who could give it."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from access.registry import Risk, carriers, permission, risk_of
from accounts.managers import UserQuerySet
from accounts.models import Assignment, Role, SecurityPolicy, User
from tenants.binding import bound_tenant

GIVING = "accounts.user:assign_role"


def people_by_role(roles: Iterable[Role]) -> dict[UUID, set[UUID]]:
    """Of each role, who has it now. One query."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    in_force = Assignment.objects.in_force().filter(role__in=[*roles], user__is_active=True)
    for role, person in in_force.values_list("role", "user"):
        found[role].add(person)
    return found


def assignments_of(role: Role) -> list[Assignment]:
    """In force or to come, by name."""
    known = role.assignments.not_over().select_related("user", "role").filter(user__is_active=True)
    return [*known.order_by("user__name", "starts_at")]


def people_with(code: str) -> UserQuerySet:
    """The active people who hold it now, everywhere."""
    rows = Q(pk__in=())
    for each in carriers(code):
        named = permission(each)
        rows |= Q(
            role__group__permissions__codename=named.codename,
            role__group__permissions__content_type__app_label=named.resource.app,
        )
    holding = Assignment.objects.in_force().filter(rows, scope="tenant")
    return User.objects.active().filter(pk__in=holding.values("user"))


def people_who_can_give(code: str) -> UserQuerySet:
    """Whoever gives roles and holds `code`: nobody gives what they lack."""
    return people_with(GIVING).filter(pk__in=people_with(code).values("pk"))


def asks_for_a_second_factor(codes: frozenset[str]) -> bool:
    """Whether whoever holds these, and nothing else, needs one."""
    return _asked_of_everybody() or risk_of(codes) != Risk.NONE


def _asked_of_everybody() -> bool:
    return bound_tenant() is None or SecurityPolicy.in_force().totp_for_all
