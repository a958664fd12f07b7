"""What a page asks for one copy, as jobs of the platform: whoever asked reads there what came of it, a refusal too."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.asking import holders
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupRefused, CopyDamaged, StorageAway
from backups.keeping.removing import remove
from backups.keeping.verifying import verify
from backups.models import Backup
from backups.storage import Role
from jobs.exceptions import JobFailed
from jobs.kinds import Kind, does
from jobs.progress import Progress
from tenants.binding import CATALOG, bound_to

T = TypeVar("T")
logger = logging.getLogger(__name__)
ON_DEMAND = "somebody asked for it"
VERIFY = Kind(
    name="backups.verify_copy",
    title=_("Verify the copy %(copy)s of %(whose)s"),
    outcome=_("Each of %(bytes)s bytes is as it was signed."),
    queue="drill",
    time_limit=timedelta(hours=12),
    of_platform=True,
    permission="platform.backup:verify",
    may=holders("platform.backup:view"),
)
REMOVE = Kind(
    name="backups.remove_copy",
    title=_("Remove the copy %(copy)s of %(whose)s"),
    outcome=_("It is gone from the storage."),
    queue="control",
    cancellable=False,
    of_platform=True,
    permission="platform.backup:delete",
    may=holders("platform.backup:view"),
)


@does(VERIFY)
def verify_copy(progress: Progress, backup: str, **_shown: str) -> dict[str, int]:
    """By the worker `drill`, which can read the storage."""
    progress.step("Read each object from the storage")

    def read() -> int:
        return verify(_copy(backup), lambda _object: progress.check())

    try:
        return {"bytes": _with_storage("reader", read)}
    except CopyDamaged:
        raise JobFailed("It isn't as it was signed, and counts no more: its page says how.") from None
    except BackupRefused as refusal:
        logger.warning("Copy %s wasn't verified: %s", backup, refusal)
        raise JobFailed("There is no such copy in the storage any more: nothing was read.") from None


@does(REMOVE)
def remove_copy(progress: Progress, backup: str, **_shown: str) -> None:
    """By the worker `control`, which can delete in the storage. Begun again, what is gone is gone."""
    progress.step("Remove its objects")
    copy = _copy(backup)
    if copy.removed_at:
        return
    try:
        _with_storage("keeper", lambda: remove(copy, ON_DEMAND))
    except BackupRefused as refusal:
        logger.warning("Copy %s wasn't removed: %s", backup, refusal)
        raise JobFailed("It must stay: its page says why. Nothing was removed.") from None


def _with_storage(role: Role, work: Callable[[], T]) -> T:
    """Whoever mends the storage hears of it, and not only who waits for this."""
    try:
        done = work()
    except StorageAway as trouble:
        logger.error("The storage doesn't serve the %s: %s", role, trouble)
        storage_refuses(role, trouble)
        raise JobFailed(
            "The storage is away, or forbids it: nothing is known of this copy anew. An alarm says which, and once that"
            " is mended, this can be tried again."
        ) from None
    storage_serves(role)
    return done


def _copy(pk: str) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.select_related("tenant").get(pk=UUID(pk))
        return found
