"""unlock EMAIL: let somebody try to sign in again who is locked out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.limits.lockouts import locked_until, unlock
from accounts.models import User


class Command(BaseCommand):
    help = "Let somebody try to sign in again who is locked out after too many wrong passwords."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        person = User.objects.filter(email=options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        if locked_until(person) is None:
            self.stdout.write(f"{person.name} isn't locked out.")
            return
        unlock(person, by=None)
        self.stdout.write(f"{person.name} may sign in again.")
