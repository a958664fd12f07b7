"""runbook: what to do with the copies when everything else is gone, to be printed and kept elsewhere."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from backups.runbook.writing import as_markdown, as_text


class Command(BaseCommand):
    help = "Print the runbook of restores as plain text, with the public key that copies are signed with."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--markdown", action="store_true", help="as docs/runbook.md, of no installation in particular"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        text = as_markdown() if options["markdown"] else as_text(settings.AMANA_MANIFEST_PUBLIC_KEY)
        self.stdout.write(text, ending="")
