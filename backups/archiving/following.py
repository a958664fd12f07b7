"""An archived copy that somebody asked for in a shell, followed until it is stored or has failed."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings

from backups.models import ArchivedCopy
from tenants.binding import CATALOG, bound_to

POLL_SECONDS = 0.5
State = ArchivedCopy.State


def follow(pk: UUID, say: Callable[[str], None]) -> ArchivedCopy:
    """Say each piece of news; as it stands once it is over, or nothing was heard for long. Unbound."""
    told, heard_at = "", time.monotonic()
    while True:
        with bound_to(CATALOG):
            copy: ArchivedCopy = ArchivedCopy.objects.select_related("tenant").get(pk=pk)
        if (now := in_words(copy)) != told:
            told, heard_at = now, time.monotonic()
            say(now)
        at_work = copy.state == State.RUNNING
        if at_work:
            heard_at = time.monotonic()
        if copy.is_over or time.monotonic() - heard_at > settings.AMANA_BACKUP_SILENCE_SECONDS:
            return copy
        time.sleep(POLL_SECONDS)


def in_words(copy: ArchivedCopy) -> str:
    match copy.state:
        case State.DONE:
            return f"{copy.tenant.slug}: stored as {copy.name}, SHA-256 {copy.sha256}"
        case State.FAILED:
            return f"{copy.tenant.slug}: failed: {copy.error}"
    if copy.error:
        return f"{copy.tenant.slug}: is tried again: {copy.error}"
    return f"{copy.tenant.slug}: {'sealed, and on its way into the storage' if copy.is_sealed else 'waits'}"


def as_json(copy: ArchivedCopy) -> dict[str, Any]:
    return {
        "id": str(copy.pk),
        "tenant": copy.tenant.slug,
        "state": copy.state,
        "keep_until": copy.keep_until.isoformat(),
        "object": copy.name if copy.is_kept else None,
        "sha256": copy.sha256,
        "bytes": copy.bytes,
        "recipients": copy.sealed_for,
        "error": copy.error,
    }
