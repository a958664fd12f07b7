"""Which permissions a role holds: rows of Django's Group, read and written as codes."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission

from access.registry import code_named, complete
from accounts.models import Role


def codes_of(role: Role) -> frozenset[str]:
    """What the role gives, with all that it implies. One query."""
    rows = role.group.permissions.values_list("content_type__app_label", "codename")
    return complete(frozenset(filter(None, (code_named(app, codename) for app, codename in rows))))


def codes_by_group(groups: Iterable[int]) -> dict[int, frozenset[str]]:
    """What each group holds by its rows, without what that implies. One query for all of them."""
    found: dict[int, set[str]] = {group: set() for group in groups}
    rows = Group.permissions.through.objects.filter(group__in=found)
    for group, app, codename in rows.values_list(
        "group_id", "permission__content_type__app_label", "permission__codename"
    ):
        found[group].add(code_named(app, codename))
    return {group: frozenset(filter(None, codes)) for group, codes in found.items()}


def rows_of(codes: frozenset[str]) -> list[Permission]:
    """The rows of Django's table that stand for `codes`. One query."""
    return [
        row
        for row in Permission.objects.select_related("content_type")
        if code_named(row.content_type.app_label, row.codename) in codes
    ]
