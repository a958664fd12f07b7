"""leave_tenant SLUG: note that a customer has given notice: the site is shut, the data stays until it is closed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.binding import CATALOG, bound_to
from tenants.commands import find_tenant_by_slug


class Command(BaseCommand):
    help = "Note that a customer has given notice: the site is shut, the data stays until it is closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = find_tenant_by_slug(options["slug"])
        with bound_to(CATALOG):
            tenant.leave("command", options["reason"])
        self.stdout.write(f"{tenant.slug} is leaving.")
