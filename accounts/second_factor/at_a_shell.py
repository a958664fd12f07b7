"""An operator at a shell proves who they are with the code that their app shows now."""

from accounts.authentication import EmailBackend
from accounts.commands import person_called
from accounts.exceptions import FactorRefused
from accounts.models import User
from accounts.second_factor.verifying import verify_code
from tenants.binding import CATALOG, bound_to


def prove_operator(email: str, code: str, permission: str) -> User:
    """Who it is, unbound and outside of any transaction. Raises FactorRefused, CommandError where nobody has `email`.

    A wrong code counts as at the door. Whoever may not is told so before a code is looked at.
    """
    with bound_to(CATALOG):
        person = EmailBackend().get_user(person_called(email).pk)
        if person is None or not person.has_perm(permission):
            raise FactorRefused(f"{email} may not do that. Nothing was done.")
        verdict = verify_code(person, code)
        if not verdict.is_right:
            raise FactorRefused(str(verdict.words))
    return person
