"""Whole copies that no row tells of, written down for a page: web can't read the storage, and an alarm names none."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.exceptions import BackupError, StorageAway
from backups.manifests import read_manifest
from backups.models import Pulse, UnclaimedCopy
from backups.sentences import sentence
from backups.storage import Store
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)


def note_unclaimed(store: Store, folders: Mapping[str, int]) -> None:
    """These, with the bytes in each, are all there are now; an alarm stands while there are any. Raises StorageAway.

    No folder is named in the alarm: it goes out by webhook, and is called by a customer's database.
    """
    rows = [_row(store, folder, size) for folder, size in folders.items()]
    with bound_to(CATALOG), transaction.atomic():
        UnclaimedCopy.objects.exclude(pk__in=folders).delete()
        UnclaimedCopy.objects.bulk_create(
            rows,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["folder"],
            update_fields=["bytes", "is_signed"],
        )
        Pulse.objects.beat(Pulse.RECONCILED, timezone.now())
    if not folders:
        end_alarm(AlarmKind.UNCLAIMED, None)
        return
    logger.warning("Copies that the catalog doesn't know: %s", ", ".join(folders))
    says = sentence(
        gettext_noop("Whole copies that no row tells of: %(number)s. `./manage.py backups` lists them."),
        number=len(folders),
    )
    raise_alarm(AlarmKind.UNCLAIMED, None, says)


def _row(store: Store, folder: str, size: int) -> UnclaimedCopy:
    return UnclaimedCopy(
        folder=folder,
        **said_by_name(folder),
        bytes=size,
        is_signed=_is_signed(store, folder),
        found_at=timezone.now(),
    )


def said_by_name(folder: str) -> dict[str, Any]:
    """`taking.folder_name`, backwards; anybody who writes there can have chosen it."""
    database, _slash, name = folder.partition("/")
    moment, tier, *_ = name.split("-")
    return {"database": database[:63], "tier": tier[:10], "at": _moment(moment)}


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_signed(store: Store, folder: str) -> bool:
    try:
        read_manifest(store, folder)
    except StorageAway:
        raise
    except BackupError:
        return False
    return True
