"""backups: the copies of every tenant, when the next is due, and what the storage holds besides."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from backups.exceptions import BackupError, StorageAway
from backups.keeping.commands import BAD, UNKNOWN, HereCommand, chosen
from backups.keeping.overview import Names, overview
from backups.keeping.reconciling import Reconciled, reconcile
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

COLUMNS = ("tenant", "copy", "condition", "age_hours", "stored_bytes", "expires_at", "held_until")


WRONG = {
    "without_a_good_copy": "Without a good copy",
    "stale": "The newest good copy is too old",
    "damaged": "Damaged",
    "gone": "Objects are gone",
    "away": "The storage can't be looked at",
}


class Command(HereCommand):
    help = (
        "List copies (of one tenant with --tenant SLUG, of the platform with --catalog): condition, size, age, end;"
        " when the next is due; whom no drill has proven; what lies in the storage without a row. Exit code 1 where"
        " somebody has no good copy or too old a one, a copy is damaged, or objects are gone; 2 where that couldn't be"
        " looked at."
    )

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        said = _gathered(options)
        if options["json"]:
            say(json.dumps(said, indent=2))
        else:
            _as_table(said, say)
        wrong = {name: f"{words}: {', '.join(said[name])}." for name, words in WRONG.items() if said[name]}
        if wrong:
            code = UNKNOWN if [*wrong] == ["away"] else BAD
            raise CommandError(" ".join(wrong.values()), returncode=code)


def _gathered(options: dict[str, Any]) -> dict[str, Any]:
    whose = chosen(options)
    with bound_to(CATALOG):
        names = _names(options)
        stored = Backup.objects.stored().filter(whose).select_related("tenant").defer("manifest")
        copies = [*stored.newest_first()]
        unfinished = Backup.objects.filter(whose, state__in=[Backup.State.WAITING, Backup.State.RUNNING])
        said = overview(names, copies) | {"unfinished": unfinished.count()}
    return {
        "copies": [_copy(each) for each in copies],
        **said,
        **_besides({*names, *(each.tenant_id for each in copies)}),
    }


def _names(options: dict[str, Any]) -> Names:
    """Who should have copies: those that the command was asked about."""
    found = Tenant.objects.with_database().order_by("slug")
    if options["slug"]:
        return dict(found.filter(slug=options["slug"]).values_list("pk", "slug"))
    return ({} if options["only_catalog"] else dict(found.values_list("pk", "slug"))) | {None: "catalog"}


def _copy(backup: Backup) -> dict[str, Any]:
    at = backup.snapshot_at or backup.due
    return {
        "id": str(backup.pk),
        "tenant": backup.whose,
        "copy": backup.name,
        "condition": backup.condition,
        "snapshot_at": at.isoformat(),
        "age_hours": round((timezone.now() - at).total_seconds() / 3600, 1),
        "plain_bytes": backup.plain_bytes,
        "stored_bytes": backup.stored_bytes,
        "folder": backup.folder,
        "verified_at": backup.verified_at and backup.verified_at.isoformat(),
        "drilled_at": backup.drilled_at and backup.drilled_at.isoformat(),
        "damage": backup.damage,
        "expires_at": backup.expires_at and backup.expires_at.isoformat(),
        "held_until": backup.hold_until.isoformat() if backup.is_held and backup.hold_until else None,
    }


def _besides(whose: set[UUID | None]) -> dict[str, Any]:
    """What has no row, and what has lost its objects; where this process can't read the storage, why not."""
    found, trouble, away = Reconciled(), "", []
    try:
        found = reconcile(only_say=True)
    except BackupError as refusal:
        trouble = str(refusal)
        away = [trouble.rstrip(".")] if isinstance(refusal, StorageAway) else []
    return {
        "orphans": found.orphans,
        "unclaimed": found.unclaimed,
        "gone": [str(each.pk) for each in found.gone if each.tenant_id in whose],
        "storage": trouble or "read",
        "away": away,
    }


def _as_table(said: dict[str, Any], say: Callable[[str], None]) -> None:
    lines = [COLUMNS, *(tuple(_cell(each[column]) for column in COLUMNS) for each in said["copies"])]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    say(f"Next due: {said['next_due'] or 'nothing is planned'}")
    for name in ("undrilled", "orphans", "unclaimed", "gone"):
        for each in said[name]:
            say(f"{name}: {each}")
    if said["storage"] != "read":
        say(f"The storage wasn't looked at: {said['storage']}")


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
