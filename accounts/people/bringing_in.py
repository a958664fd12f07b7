"""A person, their roles and their letter: all of it, or nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exceptions import GrantRefused
from accounts.granting import Terms, grant
from accounts.inviting import invite
from accounts.models import Role, User


@dataclass(frozen=True)
class Newcomer:
    email: str
    name: str
    language: str = ""


@transaction.atomic
def bring_in(newcomer: Newcomer, roles: list[Role], terms: Terms | None, by: User) -> User:
    """Raises InvitationRefused, and GrantRefused for a role that `by` can't give."""
    if roles and not by.has_perm("accounts.user:assign_role"):
        raise GrantRefused(_("You may not give roles: ask another administrator."))
    person = invite(newcomer.email, newcomer.name, by, newcomer.language)
    for role in roles:
        grant(person, role, by, terms)
    return person
