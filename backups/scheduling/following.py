"""Copies that somebody asked for, followed from a shell until they are stored or have failed."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from backups.models import Backup
from backups.models.claims import ClaimedQuerySet
from backups.owners import in_a_sentence
from tenants.binding import CATALOG, bound_to

POLL_SECONDS = 0.5
State = Backup.State


class SilentWorkers(Exception):
    """Nobody takes what waits."""


def follow(copies: list[UUID], say: Callable[[str], None]) -> list[Backup]:
    """Say each piece of news; how they ended. Raises SilentWorkers where for long nothing happens at all."""
    seen: dict[UUID, str] = {}
    heard_at = time.monotonic()
    while True:
        found = _look(copies)
        news = [line for each in found for line in _news(each, seen)]
        for line in news:
            say(line)
        if all(each.is_over for each in found):
            return found
        if news or _somebody_works() or _all_rest(found):
            heard_at = time.monotonic()
        if time.monotonic() - heard_at > settings.AMANA_BACKUP_SILENCE_SECONDS:
            raise SilentWorkers("Nobody takes the copies: is a backup worker running? They wait for one.")
        time.sleep(POLL_SECONDS)


def _look(copies: list[UUID]) -> list[Backup]:
    with bound_to(CATALOG):
        return [*Backup.objects.select_related("tenant").filter(pk__in=copies).defer("manifest")]


def _news(copy: Backup, seen: dict[UUID, str]) -> Iterator[str]:
    now = standing(copy)
    if seen.get(copy.pk) != now:
        seen[copy.pk] = now
        yield f"{in_a_sentence(copy.tenant)}: {now}"


def standing(copy: Backup) -> str:
    """Where it stands, in words."""
    match copy.state:
        case State.RUNNING:
            return f"being copied, {_megabytes(copy.plain_bytes)} so far"
        case State.DONE:
            return f"stored, {_megabytes(copy.stored_bytes)} from {_megabytes(copy.plain_bytes)}"
        case State.FAILED:
            return f"failed: {copy.error}"
    if copy.error:
        return f"tried again at {date_format(copy.next_try_at, 'H:i:s')} UTC: {copy.error}"
    return "waits"


def _megabytes(size: int | None) -> str:
    return f"{(size or 0) / 1e6:.1f} MB"


def _somebody_works() -> bool:
    """Perhaps on what is before ours in the queue."""
    with bound_to(CATALOG):
        running: ClaimedQuerySet = Backup.objects.running()
        return running.exists()


def _all_rest(copies: list[Backup]) -> bool:
    """Until their next try."""
    return all(each.is_over or each.next_try_at > timezone.now() for each in copies)


def as_json(copy: Backup) -> dict[str, Any]:
    return {
        "tenant": copy.tenant.slug if copy.tenant else None,
        "copy": str(copy.pk),
        "state": copy.state,
        "attempts": copy.attempt,
        "snapshot_at": copy.snapshot_at.isoformat() if copy.snapshot_at else None,
        "plain_bytes": copy.plain_bytes,
        "stored_bytes": copy.stored_bytes,
        "error": copy.error,
    }
