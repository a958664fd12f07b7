"""Who stands above whom: what somebody holds, nobody takes away who could have been given only a part of it."""

from django.utils.translation import gettext

from access.rights import NO_RIGHTS, Rights
from accounts.compiling import compile_rights
from accounts.exceptions import GrantRefused
from accounts.models import User
from accounts.role_content import codes_of


class Outranked(GrantRefused):
    """Whoever asks may do only a part of what the person may whom it is about."""

    status = 403


def refuse_outranked(person: User, by: User) -> None:
    """Inside SecurityPolicy.hold(). Raises Outranked where `person` may do all that `by` may now, and more.

    Who holds something that the other lacks isn't above them: an administrator sees no addresses, and yet shuts out
    somebody who does. Roles count that are to come, and those of whoever is deactivated.
    """
    if is_above(person, rights_now(by)):
        raise Outranked(
            gettext("%(name)s may do all that you may, and more: ask an owner to do this.")
            % {"name": person.name}
        )


def is_above(person: User, rights: Rights) -> bool:
    """Whether `person` may, or will, or could do all that these rights allow everywhere, and more."""
    return _given_to(person) > rights.everywhere


def rights_now(by: User) -> Rights:
    """Not as they were when the request began: they may have been taken away while it waited."""
    is_active = User.objects.active().filter(pk=by.pk).exists()
    return compile_rights(by) if is_active else NO_RIGHTS


def _given_to(person: User) -> frozenset[str]:
    known = person.assignments.not_over().filter(scope="tenant").select_related("role__group")
    return frozenset[str]().union(*(codes_of(each.role) for each in known))
