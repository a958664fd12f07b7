"""claim_backups: copies that lie in the storage without a row count again."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from backups.exceptions import BackupError
from backups.keeping.claiming import claim_folder
from backups.models import UnclaimedCopy
from tenants.binding import CATALOG, bound_to
from tenants.commands import FleetCommand


class Command(FleetCommand):
    help = (
        "Give a row to whole copies in the storage that the catalog doesn't know, by their folders, or to all that are"
        " signed by us: each counts again, and ends as the policy says. Exit code 1 where one can't be claimed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", metavar="FOLDER", help="as the page and `backups` name it")
        parser.add_argument("--all", action="store_true", help="all that the last reconciling found signed")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        folders = _signed() if options["all"] else options["folders"]
        if not folders:
            raise CommandError("Name a folder, or --all: nothing was claimed.")
        refused = [folder for folder in folders if not _claimed(folder, say)]
        if refused:
            raise CommandError(f"Not claimed: {', '.join(refused)}.")


def _signed() -> list[str]:
    with bound_to(CATALOG):
        return [*UnclaimedCopy.objects.standing().filter(is_signed=True).values_list("folder", flat=True)]


def _claimed(folder: str, say: Callable[[str], None]) -> bool:
    try:
        copy = claim_folder(folder)
    except BackupError as refusal:
        say(str(refusal))
        return False
    say(f"{copy.whose} {copy.name}: it counts again.")
    return True
