"""refill_anchor_file: after the folder of anchors was lost, or only an older copy of it is left."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from audit.anchoring import refill_file
from audit.exceptions import SealError
from tenants.binding import CATALOG
from tenants.commands import FleetCommand, find_tenant_by_slug


class Command(FleetCommand):
    help = (
        "Write what an anchor file lacks anew, from the catalog's anchors. For --tenant SLUG, or --catalog."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="how it was lost")
        parser.add_argument("--slug", default="", help="what --tenant sets")
        parser.add_argument("--only-catalog", action="store_true", help="what --catalog sets")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        if not options["slug"] and not options["only_catalog"]:
            raise CommandError("Whose? Give --tenant SLUG or --catalog: nothing was done.")
        place = find_tenant_by_slug(options["slug"]).place if options["slug"] else CATALOG
        try:
            number = refill_file(place.chain, options["reason"])
        except SealError as error:
            raise CommandError(str(error)) from error
        say(
            f"{number} anchors were written anew. Run verify_activity: it says whether the seals agree with them."
        )
