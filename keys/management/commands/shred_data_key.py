"""shred_data_key SLUG VERSION: the end of an older data key, and of every backup from before its rotation."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from keys.commands import KeysCommand
from keys.shredding import shred_data_key
from tenants.binding import bound_to
from tenants.commands import find_tenant_by_slug


class Command(KeysCommand):
    help = "Destroy a tenant's older data key. Backups taken before its rotation can't be read any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("version", type=int)
        parser.add_argument("--confirm", default="", help="the short name once more")
        parser.add_argument("--reason", required=True)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        if options["confirm"] != options["slug"]:
            raise CommandError(f"Give --confirm {options['slug']} to destroy it for good: nothing was done.")
        with bound_to(find_tenant_by_slug(options["slug"])):
            certificate = shred_data_key(options["version"], "command", options["reason"])
        say(str(certificate))
