"""What a change of a role would do, before anything is done."""

from dataclasses import dataclass, field
from uuid import UUID

from access.duties import Conflict, conflicts_in
from access.registry import Permission, Resource, Risk, complete, resources, risk_of
from accounts.compiling import compile_rights
from accounts.models import Role, User
from accounts.role_content import codes_of
from accounts.roles.holding import asks_for_a_second_factor, assignments_of
from accounts.roles.news import surface


@dataclass(frozen=True)
class Plan:
    """`implied`: of what is added, what comes along with the rest. `begins`, `ends`: asking for a second factor."""

    role: Role
    codes: frozenset[str]
    before: frozenset[str]
    implied: frozenset[str] = frozenset()
    people: list[User] = field(default_factory=list)
    begins: list[User] = field(default_factory=list)
    ends: list[User] = field(default_factory=list)

    @property
    def added(self) -> list[tuple[Resource, list[Permission]]]:
        return by_resource(self.codes - self.before)

    @property
    def removed(self) -> list[tuple[Resource, list[Permission]]]:
        return by_resource(self.before - self.codes)

    @property
    def number(self) -> int:
        return len(self.codes ^ self.before)

    @property
    def conflicts(self) -> list[Conflict]:
        """Those that the role has then, and hadn't."""
        known = conflicts_in(self.before)
        return [each for each in conflicts_in(self.codes) if each not in known]

    @property
    def comes_along(self) -> list[tuple[Resource, list[Permission]]]:
        return by_resource(self.implied - self.before)

    @property
    def asks(self) -> bool:
        return asks_for_a_second_factor(self.codes)


def plan(role: Role, chosen: frozenset[str]) -> Plan:
    """As if `role` held `chosen` from now on."""
    codes, before = complete(chosen), codes_of(role)
    people = sorted(
        {each.user for each in assignments_of(role)}, key=lambda person: (person.name, str(person.pk))
    )
    begins, ends = _second_factors(role, codes, people)
    return Plan(role, codes, before, codes - chosen, people, begins, ends)


def _second_factors(role: Role, codes: frozenset[str], people: list[User]) -> tuple[list[User], list[User]]:
    """Whose other roles leave it to this one whether they are asked."""
    if asks_for_a_second_factor(frozenset()):
        return [], []
    without = {person.pk: risk_of(_codes_without(person, role.pk)) for person in people}
    depending = [person for person in people if without[person.pk] == Risk.NONE]
    now, then = risk_of(codes_of(role)) != Risk.NONE, risk_of(codes) != Risk.NONE
    return (depending if then and not now else []), (depending if now and not then else [])


def _codes_without(person: User, role: UUID) -> frozenset[str]:
    return compile_rights(person, leaving_out=role).codes


def by_resource(codes: frozenset[str]) -> list[tuple[Resource, list[Permission]]]:
    """In the order of the registry."""
    found = [
        (resource, [each for each in resource.permissions if each.code in codes])
        for resource in resources(surface())
    ]
    return [(resource, permissions) for resource, permissions in found if permissions]
