"""The sealed file goes into the storage of copies, by the one worker that may write there and opens nothing."""

import logging
from contextlib import suppress
from pathlib import Path

from audit.recording import record
from backups.archiving.staging import IN, staged
from backups.archiving.working import TABLE, alive, work_through
from backups.exceptions import BackupError, ObjectExists
from backups.models import ArchivedCopy
from backups.pipeline import BLOCK, Hashed
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)


def store_what_is_sealed() -> int:
    """Unbound."""
    with bound_to(CATALOG):
        waiting = ArchivedCopy.objects.filter(is_sealed=True)
    return work_through(waiting, store)


def store(copy: ArchivedCopy) -> None:
    """One that was claimed, unbound: it is kept once this returns. Raises BackupError where it isn't as sealed."""
    path = staged(copy.pk, IN)
    with suppress(ObjectExists):  # by a worker that died before it could say so: whole, and as it was sealed
        _write(copy, path)
    _tell(copy)
    path.unlink(missing_ok=True)


def _write(copy: ArchivedCopy, path: Path) -> None:
    with path.open("rb") as sealed, open_store("writer").write(copy.name) as target:
        hashed, tick = Hashed(target), alive(copy)
        while data := sealed.read(BLOCK):
            hashed.write(data)
            tick(hashed.bytes)
        if (hashed.bytes, hashed.digest.hexdigest()) != (copy.bytes, copy.sha256):
            raise BackupError("What was sealed isn't as it was when it was sealed.")


def _tell(copy: ArchivedCopy) -> None:
    with bound_to(CATALOG):
        copy.end(ArchivedCopy.State.DONE, error="")
        record(
            "backups.archive_stored",
            subject=TABLE,
            object_id=copy.pk,
            tenant=copy.tenant.slug,
            until=f"{copy.keep_until:%Y-%m-%d}",
            sha256=copy.sha256,
        )
    logger.info("The archived copy %s is stored.", copy.pk)


def unfinished(tenant: Tenant) -> bool:
    """Whether its database is still needed for one; bound to the catalog."""
    return ArchivedCopy.objects.unfinished().filter(tenant=tenant).exists()
