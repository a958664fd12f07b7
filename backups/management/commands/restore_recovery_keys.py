"""restore_recovery_keys FILE: the keys that the catalog lacks, from a copy of them."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from backups.commands import BackupsCommand
from backups.recovery_keys.escrow import restore_escrow
from tenants.endings import NOT_CARRIED_OUT


class Command(BackupsCommand):
    help = "Put back the recovery keys that the catalog lacks; what was destroyed since stays destroyed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="where the process that carries it out can read it")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        try:
            put_back, left_out = restore_escrow(Path(options["file"]))
        except OSError as error:
            raise CommandError(
                f"{options['file']} can't be read: {error.strerror}.", returncode=NOT_CARRIED_OUT
            ) from error
        say(
            f"{put_back} keys were put back; {left_out} were left out: there already, destroyed since,"
            " or of a tenant that isn't here."
        )
