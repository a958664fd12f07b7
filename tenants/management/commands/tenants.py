"""tenants: every customer in a table, or as JSON for a program."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tenants.binding import CATALOG, bound_to
from tenants.measuring import measure_fleet
from tenants.models import Tenant

COLUMNS = ("slug", "state", "hosts", "size_bytes", "database", "name")


class Command(BaseCommand):
    help = "List all tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of objects")

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.AMANA_PROVISIONER_URL:
            measure_fleet()
        with bound_to(CATALOG):
            found = Tenant.objects.select_related("server").prefetch_related("domains")
            rows = [_row(tenant) for tenant in found]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            self._table(rows)

    def _table(self, rows: list[dict[str, Any]]) -> None:
        lines = [COLUMNS, *(tuple(_cell(row[column]) for column in COLUMNS) for row in rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _row(tenant: Tenant) -> dict[str, Any]:
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "state": tenant.state,
        "hosts": [domain.domain for domain in tenant.domains.all()],
        "database": tenant.place.database,
        "role": tenant.place.role,
        "server": tenant.server.name,
        "size_bytes": tenant.size_bytes,
    }


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
