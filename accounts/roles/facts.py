"""The facts of a case: read for whoever asks, who sees of records only what they may see anyway."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from access.duties import conflicts_of
from access.registry import Permission, Resource, carriers, complete, is_registered, permission
from accounts.models import Role, User
from accounts.role_content import codes_by_group
from accounts.roles import explaining
from accounts.roles.explaining import Case, Given
from accounts.roles.holding import asks_for_a_second_factor, people_who_can_give
from accounts.roles.news import surface
from accounts.roles.pages import EVERYTHING
from accounts.roles.sources import Held, ever_held_by
from interface.palette import Record, searchables_for

MOST = 8


@dataclass(frozen=True)
class Asked:
    """A question, as far as its parts exist and whoever asks may see them."""

    person: User
    permission: Permission
    record: Model | None = None


def case_of(asked: Asked) -> Case:
    """Seven queries, whatever the question."""
    person, wanted = asked.person, asked.permission
    held = ever_held_by(person)
    return Case(
        person=person.name,
        permission=wanted,
        now=timezone.now(),
        is_active=person.is_active,
        given=tuple(_given(each, asked) for each in held),
        record=str(asked.record or ""),
        needs_factor=asks_for_a_second_factor(frozenset({wanted.code})),
        has_factor=person.totpdevice_set.filter(confirmed=True).exists(),
        roles=tuple(_roles_with(wanted.code)),
        givers=tuple(people_who_can_give(wanted.code).exclude(pk=person.pk).values_list("name", flat=True)),
        person_href=reverse("roles:rights", args=[person.pk]),
        apart=tuple(str(each.why) for each in conflicts_of(wanted.code)),
    )


def _given(held: Held, asked: Asked) -> Given:
    one = held.assignment
    return Given(
        role=str(one.role.label),
        codes=held.direct,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        scope=one.scope,
        scope_id=one.scope_id,
        covers=_covers(held, asked),
        href=reverse("roles:role-detail", args=[one.role_id]),
    )


def _covers(held: Held, asked: Asked) -> bool | None:
    """None without a record; else whether it lies in the scope, by the predicate that every page asks."""
    one, record = held.assignment, asked.record
    if record is None:
        return None
    if one.scope == "tenant":
        return True
    within = asked.permission.resource.scopes.get(one.scope)
    if within is None:
        return False
    condition = within(asked.person, one.scope_id)
    return type(record)._default_manager.filter(condition, pk=record.pk).exists()


def _roles_with(code: str) -> list[explaining.Role]:
    roles = [*Role.objects.all()]
    codes = codes_by_group(role.group_id for role in roles)
    bringing = carriers(code)
    return [
        explaining.Role(
            str(role.label),
            reverse("roles:role-detail", args=[role.pk]),
            size=len(complete(codes[role.group_id])),
            is_all=role.code in EVERYTHING,
        )
        for role in roles
        if codes[role.group_id] & bringing
    ]


def permission_asked(code: str) -> Permission | None:
    found = permission(code) if is_registered(code) else None
    return found if found and surface() in found.resource.surfaces else None


def rows_of(resource: Resource, asker: User) -> QuerySet[Any] | None:
    """The records of a resource that the asker may see; None where it has no table of that name, or no such right."""
    code = f"{resource.code}:view"
    if not is_registered(code):
        return None
    try:
        model = apps.get_model(resource.app, resource.name)
    except LookupError:
        return None
    rows: QuerySet[Any] = model._default_manager.all()
    return asker.rights.reach(code, rows)


def record_asked(typed: str, resource: Resource, asker: User) -> Model | None:
    """By its id, or an address that ends with it. None where the asker may not see one, or there is none."""
    rows, key = rows_of(resource, asker), _key_in(typed)
    return rows.filter(pk=key).first() if rows is not None and key else None


def records_like(typed: str, resource: Resource, asker: User) -> list[Record]:
    """Those of the resource that carry what was typed, of what the asker may see."""
    rows = rows_of(resource, asker)
    kinds = [each for each in searchables_for(asker, surface()) if each.name == resource.name]
    if rows is None or not kinds or not typed.strip():
        return []
    found = [*kinds[0].find(asker, typed, MOST)]
    seen = {*rows.filter(pk__in=[each.pk for each in found]).values_list("pk", flat=True)}
    return [each for each in found if each.pk in seen]


def _key_in(typed: str) -> UUID | None:
    for part in reversed(typed.strip().split("/")):
        try:
            return UUID(part)
        except ValueError:
            continue
    return None
