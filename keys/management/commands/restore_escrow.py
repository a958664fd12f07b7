"""restore_escrow FILE: an empty key store filled from a copy."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from keys.commands import KeysCommand
from keys.escrow import restore_escrow
from keys.migrating import migrate_key_store
from tenants.setting_up import is_catalog_there, prepare_catalog


class Command(KeysCommand):
    help = "Fill an empty key store from an escrow. Keys destroyed since it was made come back: destroy them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="where the process that carries it out can read it")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        """First of all on a new machine: `prepare` would make keys, and what it does is recorded in the catalog."""
        if not is_catalog_there():
            prepare_catalog()
        migrate_key_store()
        try:
            count = restore_escrow(Path(options["file"]))
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read: {error.strerror}.") from error
        say(
            f"{count} rows were restored. What was shredded since the escrow was made must be shredded again."
        )
