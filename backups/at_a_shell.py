"""Who restores or drills from a shell: an operator of the catalog, who proves it as on the pages."""

import sys
from getpass import getpass
from io import StringIO

from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.acting import actor_of
from accounts.commands import person_called
from audit.context import act_as
from backups.exceptions import NotProven
from backups.persons import named_operator
from tenants.binding import CATALOG, bound_to


def as_operator(email: str, code: str, permission: str) -> str:
    """Their name as the pages write it, unbound; from here on it is they who act. Raises NotProven.

    `control` looks at the code: a shell holds nothing that opens a second factor. Without one it is asked for.
    """
    code = code or _asked(email)
    try:
        call_command("prove_operator", email, permission, code=code, stdout=StringIO())
    except CommandError as refusal:
        raise NotProven(str(refusal)) from refusal
    with bound_to(CATALOG):
        person = person_called(email)
        act_as(actor_of(person))
    return named_operator(person)


def _asked(email: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"The code that the app of {email} shows now: ")
    return sys.stdin.readline().strip()
