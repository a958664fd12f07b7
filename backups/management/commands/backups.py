"""backups: the copies of every tenant, when the next is due, and what the storage holds besides."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Min
from django.utils import timezone

from backups.exceptions import BackupError
from backups.keeping.commands import HereCommand, chosen
from backups.keeping.reconciling import Reconciled, reconcile
from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

COLUMNS = ("tenant", "copy", "condition", "age_hours", "stored_bytes", "expires_at", "held_until")


class Command(HereCommand):
    help = (
        "List copies (of one tenant with --tenant SLUG, of the platform with --catalog): condition, size, age, end;"
        " when the next is due; what lies in the storage without a row. Exit code 1 where somebody has no good copy."
    )

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        said = _gathered(options)
        if options["json"]:
            say(json.dumps(said, indent=2))
        else:
            _as_table(said, say)
        if said["without_a_good_copy"]:
            raise CommandError(f"Without a good copy: {', '.join(said['without_a_good_copy'])}.")


def _gathered(options: dict[str, Any]) -> dict[str, Any]:
    whose = chosen(options)
    with bound_to(CATALOG):
        stored = Backup.objects.stored().filter(whose).select_related("tenant").newest_first()
        copies = [_copy(each) for each in stored]
        unfinished = Backup.objects.filter(whose, state__in=[Backup.State.WAITING, Backup.State.RUNNING])
        next_due = unfinished.aggregate(due=Min("due"))["due"]
        expected = [] if options["only_catalog"] else [*_tenants(options["slug"])]
        with_good = {each.whose for each in stored if not each.damage}
    if not options["slug"]:
        expected.append("catalog")
    return {
        "copies": copies,
        "next_due": next_due and next_due.isoformat(),
        "without_a_good_copy": [each for each in expected if each not in with_good],
        **_besides(),
    }


def _tenants(slug: str) -> list[str]:
    found = Tenant.objects.with_database()
    return [*(found.filter(slug=slug) if slug else found).values_list("slug", flat=True)]


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


def _besides() -> dict[str, Any]:
    """What has no row, and what has lost its objects; where this process can't read the storage, why not."""
    try:
        found, trouble = reconcile(only_say=True), ""
    except BackupError as refusal:
        found, trouble = Reconciled(), str(refusal)
    return {
        "orphans": found.orphans,
        "unclaimed": found.unclaimed,
        "gone": [str(each.pk) for each in found.gone],
        "storage": trouble or "read",
    }


def _as_table(said: dict[str, Any], say: Callable[[str], None]) -> None:
    lines = [COLUMNS, *(tuple(_cell(each[column]) for column in COLUMNS) for each in said["copies"])]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    say(f"Next due: {said['next_due'] or 'nothing is planned'}")
    for name in ("orphans", "unclaimed", "gone"):
        for each in said[name]:
            say(f"{name}: {each}")
    if said["storage"] != "read":
        say(f"The storage wasn't looked at: {said['storage']}")


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
