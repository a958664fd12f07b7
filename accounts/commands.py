"""Commands about people: whose, why, and by whom is in the activity log of the database they are about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.core.management.base import CommandError

from accounts.exceptions import AccountsRefused
from accounts.models import User
from audit.context import acting_like, acting_now
from tenants.binding import is_bound
from tenants.commands import who_types


def required_binding() -> None:
    """Raises CommandError where the command line names nobody's database."""
    if not is_bound():
        raise CommandError("Say whose people: --tenant SLUG or --catalog.")


@contextmanager
def recorded(reason: str) -> Iterator[None]:
    """What is done inside is logged with the reason, and with who typed it; a refusal becomes one sentence."""
    if not reason.strip():
        raise CommandError("Say why: it stands in the activity log. Nothing was done.")
    with acting_like(replace(acting_now(), reason=f"{reason.strip()} ({who_types()})")):
        try:
            yield
        except AccountsRefused as refusal:
            raise CommandError(str(refusal)) from refusal


def person_called(email: str) -> User:
    """Raises CommandError."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise CommandError(f"Nobody here has the address {email}. Nothing was done.")
    return person
