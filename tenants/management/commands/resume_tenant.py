"""resume_tenant SLUG: open a suspended or leaving tenant's site again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.binding import CATALOG, bound_to
from tenants.commands import find_tenant_by_slug


class Command(BaseCommand):
    help = "Open a suspended or leaving tenant's site again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = find_tenant_by_slug(options["slug"])
        with bound_to(CATALOG):
            tenant.resume("command")
        self.stdout.write(f"{tenant.slug} is open again.")
