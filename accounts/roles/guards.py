"""What a role refuses, in words. Asked inside SecurityPolicy.hold(), and before that to tell people early."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext

from access.registry import permission
from accounts.compiling import compile_rights
from accounts.exceptions import RoleRefused
from accounts.models import Assignment, ReviewItem, Role, User
from interface.words import listed

NAMED = 5


def refuse_built_in(role: Role) -> None:
    if role.is_built_in:
        raise RoleRefused(gettext("This role comes with the product: make a copy and change that."))


def refuse_change(role: Role, added: frozenset[str], by: User) -> None:
    """Raises RoleRefused: for a built-in role, for what `by` lacks, for more to a role that `by` has."""
    refuse_built_in(role)
    refuse_lacking(added, by)
    if added and role.assignments.not_over().filter(user=by).exists():
        raise RoleRefused(
            gettext("You have this role yourself: ask another administrator to add something to it.")
        )


def refuse_lacking(codes: frozenset[str], by: User) -> None:
    """Raises RoleRefused: nobody puts into a role what they lack themselves."""
    lacking = codes - what_can_be_given(codes, by)
    if lacking:
        labels = sorted(permission(code).label for code in lacking)
        raise RoleRefused(
            gettext("You can't give what you don't have yourself: %(permissions)s.")
            % {"permissions": "; ".join(labels[:NAMED]) + (" …" if len(labels) > NAMED else "")}
        )


def what_can_be_given(codes: frozenset[str], by: User) -> frozenset[str]:
    """Of `codes` those that `by` holds everywhere, as it is now and not as it was when the request began."""
    return codes & compile_rights(by).everywhere if by.is_active else frozenset()


def refuse_deleting(role: Role) -> None:
    """Raises RoleRefused, naming who has it, or else who had it."""
    have = _names(role.assignments.not_over().values_list("user", flat=True))
    if have:
        raise RoleRefused(gettext("It can't be deleted while somebody has it: %(names)s.") % {"names": have})
    had = _names(role.assignments.values_list("user", flat=True))
    if had:
        raise RoleRefused(
            gettext("It stays, so that what people were allowed can be read later. Had it: %(names)s.")
            % {"names": had}
        )
    if ReviewItem.objects.filter(reduced_to=role).exists():
        raise RoleRefused(gettext("It stays: an access review names it."))


def refuse_name(role: Role) -> None:
    """Raises RoleRefused for a name that is empty, too long, or another role's."""
    try:
        role.full_clean(exclude=["group", "created_by", "cloned_from"])
    except ValidationError as error:
        raise RoleRefused(" ".join(error.messages)) from error


def _names(people: QuerySet[Assignment, UUID]) -> str:
    names = [*User.objects.get_queryset().filter(pk__in=people).values_list("name", flat=True)]
    return listed(names[:NAMED]) + (" …" if len(names) > NAMED else "")
