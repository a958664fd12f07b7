"""bootstrap_sql: print what a superuser runs once on each PostgreSQL server."""

from typing import Any

from django.core.management.base import BaseCommand

from tenants.fingerprints import SQL


class Command(BaseCommand):
    help = "Print bootstrap.sql: roles and empty databases. Idempotent; see docs/operations.md."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write((SQL / "bootstrap.sql").read_text())
