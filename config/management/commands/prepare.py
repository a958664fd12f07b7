"""prepare: bring catalog, template and fleet to this code; with a demo, three customers to look at."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from backups.preparing import prepare_backups
from config.demo import prepare_demo
from keys.commands import in_a_sentence
from keys.preparing import prepare_keys
from tenants.fleet import migrate_fleet
from tenants.provisioner import provisioner
from tenants.setting_up import prepare_catalog
from tenants.templating import ensure_template


class Command(BaseCommand):
    help = "Everything between an empty server with bootstrap.sql and a product that answers. Idempotent."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", dest="demo", action="store_false", help="without the demo customers")

    def handle(self, *_: Any, **options: Any) -> None:
        with provisioner():
            """Say at once when the credential is missing or wrong."""
        self._step("Catalog", prepare_catalog)
        with in_a_sentence():
            self._step("Key store", prepare_keys)
        self._step("Recovery keys", prepare_backups)
        self._step("Template", ensure_template)
        self._step("Tenants", self._migrate)
        self._step("Static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        if options["demo"]:
            self._step("Demo", lambda: prepare_demo(self.stdout.write))

    def _step(self, title: str, work: Callable[[], object]) -> None:
        began = time.monotonic()
        work()
        self.stdout.write(f"  {title:<22} ready    {time.monotonic() - began:5.1f} s")

    @staticmethod
    def _migrate() -> None:
        failed = [outcome for outcome in migrate_fleet(processes=2) if outcome.error]
        if failed:
            reasons = "; ".join(f"{outcome.slug}: {outcome.error}" for outcome in failed)
            raise CommandError(f"{len(failed)} tenants could not be migrated: {reasons}")
