"""verify_backup: is every copy in the storage, byte for byte, what was signed for?"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from backups.exceptions import BackupRefused, CopyDamaged, StorageAway
from backups.keeping.commands import BAD, UNKNOWN, HereCommand, chosen
from backups.keeping.verifying import verify
from backups.models import Backup
from tenants.binding import CATALOG, bound_to


class Command(HereCommand):
    help = (
        "Read stored copies and compare them with their signed manifests; nothing is decrypted. Give --id UUID,"
        " --tenant SLUG, --catalog or --all; of a tenant without --all, its newest one. Exit code 0: good, 1: damaged,"
        " 2: couldn't be checked. Only where AMANA_STORE_READER is, or the folder."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="every copy there is, and not the newest only")
        which.add_argument("--id", type=UUID, help="one copy")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        found = _chosen(options)
        tell = self.stderr.write if options["json"] else say
        results = [self._verify(backup, tell) for backup in found]
        if options["json"]:
            say(json.dumps(results, indent=2))
        by_outcome = {name: [each for each in results if each["outcome"] == name] for name in OUTCOMES}
        for name, code in OUTCOMES.items():
            if by_outcome[name]:
                copies = ", ".join(f"{each['tenant']} {each['copy']}" for each in by_outcome[name])
                raise CommandError(f"{SAID[name]}: {copies}.", returncode=code)

    def _verify(self, backup: Backup, say: Callable[[str], None]) -> dict[str, Any]:
        name = f"{backup.whose} {backup.name}"
        result = {"id": str(backup.pk), "tenant": backup.whose, "copy": backup.name, "error": ""}
        try:
            read = verify(backup, lambda each: say(f"{name}: reading {each}"))
        except CopyDamaged as fault:
            result |= {"outcome": "damaged", "error": str(fault)}
        except (StorageAway, BackupRefused) as trouble:
            result |= {"outcome": "unknown", "error": str(trouble)}
        else:
            say(f"{name}: good, {read} bytes.")
            return result | {"outcome": "good", "bytes": read}
        say(f"{name}: {result['error']}")
        return result


OUTCOMES = {"damaged": BAD, "unknown": UNKNOWN}
SAID = {"damaged": "Damaged", "unknown": "Couldn't be checked"}


def _chosen(options: dict[str, Any]) -> list[Backup]:
    """Raises CommandError where nothing was chosen, or there is nothing to check: that isn't “good”."""
    if not (options["id"] or options["slug"] or options["only_catalog"] or options["all"]):
        raise CommandError("Say which: --id, --tenant, --catalog or --all.", returncode=UNKNOWN)
    whose = chosen(options)
    with bound_to(CATALOG):
        stored = Backup.objects.stored().filter(whose).select_related("tenant").newest_first()
        if options["id"]:
            stored = stored.filter(pk=options["id"])
        found = [*(stored if options["all"] else stored[:1])]
    if not found:
        raise CommandError("There is no such copy in the storage.", returncode=UNKNOWN)
    return found
