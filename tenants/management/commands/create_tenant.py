"""create_tenant SLUG --name NAME --owner-email EMAIL: a new customer with a database of its own."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from tenants.binding import CATALOG, bound_to
from tenants.commands import ControlCommand
from tenants.provisioning import request_tenant
from tenants.showing import carry_out_aloud


class Command(ControlCommand):
    help = "Set up a new tenant, or resume where an interrupted one stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name, the first label of its address")
        parser.add_argument("--name", required=True, help="the customer's name")
        parser.add_argument("--language", default="en", choices=[code for code, _ in settings.LANGUAGES])
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-name", default="")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        owner = (options["owner_email"], options["owner_name"])
        try:
            with bound_to(CATALOG):
                operation = request_tenant(
                    options["slug"], options["name"], options["language"], owner, actor="command"
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        done = carry_out_aloud(operation, say)
        say(f"{done.tenant.site_url} is ready. The owner sets a password here, once, within 3 days:")
        say(done.owner_link)
