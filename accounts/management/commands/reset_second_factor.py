"""reset_second_factor (--tenant SLUG | --catalog) EMAIL --reason …: for somebody who has lost device and codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.commands import person_called, recorded, required_binding
from accounts.second_factor.resetting import reset_second_factor


class Command(BaseCommand):
    help = "Take somebody's second factor away: they set a new one up at their next sign-in, and are told by letter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        required_binding()
        person = person_called(options["email"])
        with recorded(options["reason"]):
            reset_second_factor(person, by=None, reason=options["reason"])
        self.stdout.write(f"{person.name} sets a new second factor up at the next sign-in. A letter says so.")
