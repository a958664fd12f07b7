"""Commands about backups and their keys: carried out where the credentials are, with refusals as one sentence."""

from typing import Any

from django.core.management.base import CommandError

from backups.exceptions import BackupError
from keys.commands import KeysCommand


class BackupsCommand(KeysCommand):
    """`--tenant SLUG` chooses whose (option `slug`)."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except BackupError as error:
            raise CommandError(str(error)) from error
