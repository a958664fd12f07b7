"""What a person may do in effect, and of each permission where it comes from."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from access.duties import Conflict, conflicts_in
from access.registry import Permission, Resource, complete, resources
from accounts.models import Assignment, User
from accounts.role_content import codes_by_group
from accounts.roles.news import surface
from accounts.roles.words import scope_words


@dataclass(frozen=True)
class Held:
    """An assignment that isn't over, with all that it gives."""

    assignment: Assignment
    codes: frozenset[str]
    direct: frozenset[str] = frozenset()

    @property
    def has_begun(self) -> bool:
        return self.assignment.starts_at <= timezone.now()

    @property
    def scope(self) -> str:
        return scope_words(self.assignment.scope, self.assignment.scope_id)


@dataclass(frozen=True)
class Effective:
    """Permissions of one resource, and the assignments that give all of them, of which none may have begun yet."""

    permissions: list[Permission]
    sources: list[Held]

    @property
    def is_in_force(self) -> bool:
        return any(source.has_begun for source in self.sources)


@dataclass(frozen=True)
class EffectiveRights:
    """By resource, as a page shows them."""

    person: User
    held: list[Held]
    rows: list[tuple[Resource, list[Effective]]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def number(self) -> int:
        return sum(len(each.permissions) for _, of_one in self.rows for each in of_one if each.is_in_force)


def effective_rights(person: User) -> EffectiveRights:
    held = held_by(person) if person.is_active else []
    sources: dict[str, list[Held]] = defaultdict(list)
    for each in held:
        for code in each.codes:
            sources[code].append(each)
    rows = [(resource, _by_source(resource, sources)) for resource in resources(surface())]
    shown = [(resource, of_one) for resource, of_one in rows if of_one]
    return EffectiveRights(person, held, shown, _conflicts(held))


def _by_source(resource: Resource, sources: dict[str, list[Held]]) -> list[Effective]:
    """What comes from the same assignments stands together."""
    found: list[Effective] = []
    for each in resource.permissions:
        mine = sources.get(each.code, [])
        same = next((other for other in found if other.sources == mine), None)
        if mine and same:
            same.permissions.append(each)
        elif mine:
            found.append(Effective([each], mine))
    return found


def _conflicts(held: list[Held]) -> list[Conflict]:
    """Of roles together. Whoever may do everything is meant to: of an owner none is told."""
    if any(each.assignment.role.code in ("owner", "super_admin") for each in held):
        return []
    return conflicts_in(frozenset().union(*(each.codes for each in held)))


def held_by(person: User) -> list[Held]:
    """In force or to come. Two queries."""
    assignments = [*person.assignments.not_over().select_related("role").order_by("starts_at", "id")]
    return _with_codes(assignments)


def ever_held_by(person: User) -> list[Held]:
    """Also those that are over. Two queries."""
    return _with_codes([*person.assignments.select_related("role").order_by("starts_at", "id")])


def _with_codes(assignments: list[Assignment]) -> list[Held]:
    codes = codes_by_group({each.role.group_id for each in assignments})
    return [
        Held(each, complete(codes[each.role.group_id]), codes[each.role.group_id]) for each in assignments
    ]
