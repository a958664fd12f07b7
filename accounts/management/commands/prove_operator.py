"""prove_operator EMAIL PERMISSION --code: by `control`, as a shell holds no key that opens a second factor."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from accounts.exceptions import AccountsRefused
from accounts.second_factor.at_a_shell import prove_operator
from tenants.commands import ControlCommand


class Command(ControlCommand):
    help = "Whether the code is what the operator's app shows now, and they hold the permission; else exit code 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("permission")
        parser.add_argument("--code", required=True)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        try:
            person = prove_operator(options["email"], options["code"], options["permission"])
        except AccountsRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        say(f"It is {person.name}.")
