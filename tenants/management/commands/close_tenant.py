"""close_tenant SLUG: drop a customer's database, role and files for good, after its name has been typed."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from tenants.binding import CATALOG, bound_to
from tenants.closing import request_closing
from tenants.commands import ControlCommand, find_tenant_by_slug
from tenants.showing import carry_out_aloud


class Command(ControlCommand):
    help = "Close a tenant: its database, role and files are dropped. This can't be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--confirm", help="the short name once more, in place of typing it")

    def handle(self, *args: Any, **options: Any) -> None:
        find_tenant_by_slug(options["slug"])
        if options["confirm"] is None:
            options["confirm"] = _typed(options["slug"])
        super().handle(*args, **options)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        tenant = find_tenant_by_slug(options["slug"])
        with bound_to(CATALOG):
            operation = request_closing(tenant, options["confirm"], actor="command")
        carry_out_aloud(operation, say)
        say(f"{options['slug']} is closed.")


def _typed(slug: str) -> str:
    try:
        return input(f"Type {slug} to drop its database, role and files for good: ").strip()
    except EOFError as error:
        raise CommandError("Nothing was typed: nothing was done.") from error
