"""Making, copying, changing and deleting custom roles: guarded, recorded, and in force from the next request."""

from dataclasses import replace
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext

from access.registry import complete
from accounts.exceptions import RoleChangedMeanwhile, RoleRefused
from accounts.models import Role, SecurityPolicy, User
from accounts.role_content import codes_of, rows_of
from accounts.roles.guards import (
    refuse_built_in,
    refuse_change,
    refuse_deleting,
    refuse_lacking,
    refuse_name,
    what_can_be_given,
)
from accounts.roles.news import offered_now
from audit.context import acting_like, acting_now
from audit.recording import record

TABLE = Role._meta.db_table


@transaction.atomic
def create_role(name: str, purpose: str, by: User, codes: frozenset[str] = frozenset()) -> Role:
    """A custom role that holds `codes` and what they imply. Raises RoleRefused: nobody puts in what they lack."""
    SecurityPolicy.hold()
    wanted = complete(codes)
    refuse_lacking(wanted, by)
    return _make(Role(name=name.strip(), purpose=purpose.strip()), wanted, by)


@transaction.atomic
def clone_role(role: Role, name: str, by: User, purpose: str = "") -> Role:
    """A custom role with what `role` holds, as far as `by` holds it, too. Raises RoleRefused."""
    SecurityPolicy.hold()
    wanted = what_can_be_given(codes_of(role), by)
    copy = Role(name=name.strip(), purpose=(purpose or role.purpose).strip(), cloned_from=role)
    return _make(copy, wanted, by)


def change_role(role: Role, codes: frozenset[str], by: User, reason: str, seen_version: int) -> Role:
    """`role` holds `codes` and what they imply, and nothing else. Everybody who has it does, from their next request.

    Raises RoleChangedMeanwhile, RoleRefused. The log has it as one change, with its reason.
    """
    with acting_like(replace(acting_now(), reason=reason)), transaction.atomic():
        SecurityPolicy.hold()
        role = _locked(role)
        if role.version != seen_version:
            raise RoleChangedMeanwhile(gettext("This role was changed while you were editing it."))
        wanted, before = complete(codes), codes_of(role)
        refuse_change(role, wanted - before, by)
        _set_content(role, wanted)
        added, removed = len(wanted - before), len(before - wanted)
        record(
            "accounts.role_changed",
            subject=TABLE,
            object_id=role.pk,
            role=role.name,
            added=added,
            removed=removed,
        )
    return role


@transaction.atomic
def mark_as_seen(role: Role, by: User) -> None:
    """What is new since stays off, and is shown as new no longer."""
    role = _locked(role)
    refuse_change(role, frozenset(), by)
    role.offered = offered_now(role)
    role.save(update_fields=["offered"])


@transaction.atomic
def delete_role(role: Role) -> None:
    """Only a role that nobody has or had: what people were allowed stays to be read. Raises RoleRefused."""
    SecurityPolicy.hold()
    role = _locked(role)
    refuse_built_in(role)
    refuse_deleting(role)
    role.group.delete()
    SecurityPolicy.rights_changed()
    record("accounts.role_deleted", subject=TABLE, object_id=role.pk, role=role.name)


def _make(role: Role, codes: frozenset[str], by: User) -> Role:
    role.created_by = by
    refuse_name(role)
    role.group = Group.objects.create(name=f"custom:{uuid4()}")
    role.offered = offered_now(role)
    role.save(force_insert=True)
    role.group.permissions.set(rows_of(codes))
    record("accounts.role_created", subject=TABLE, object_id=role.pk, role=role.name, permissions=len(codes))
    return role


def _set_content(role: Role, codes: frozenset[str]) -> None:
    role.group.permissions.set(rows_of(codes))
    role.version += 1
    role.offered = offered_now(role)
    role.save(update_fields=["version", "offered"])
    SecurityPolicy.rights_changed()


def _locked(role: Role) -> Role:
    """As it stands now, and nobody else changes it. Raises RoleRefused where it is gone."""
    found = Role.objects.select_for_update(of=("self",)).select_related("group").filter(pk=role.pk).first()
    if found is None:
        raise RoleRefused(gettext("This role was deleted meanwhile."))
    return found
