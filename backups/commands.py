"""Commands about backups and their keys: carried out where the credentials are, with refusals as one sentence."""

from typing import Any

from django.core.management.base import CommandError

from backups.exceptions import BackupError
from keys.exceptions import KeysError
from tenants.commands import FleetCommand
from tenants.endings import NOT_CARRIED_OUT


class BackupsCommand(FleetCommand):
    """`--tenant SLUG` chooses whose (option `slug`)."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except (BackupError, KeysError) as error:
            raise CommandError(str(error), returncode=NOT_CARRIED_OUT) from error
