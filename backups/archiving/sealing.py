"""All data of a tenant as one file, encrypted to the offline keys while it is written: in plain it lies nowhere.

What is written is an export (`backups/exporting`), and not a dump: a dump's encrypted columns would open to nobody once
the tenant's data keys are destroyed, and whoever opens this in ten years may have nothing of Amana's.
"""

from django.utils import timezone

from audit.context import because
from audit.recording import record
from backups.archiving.recipients import archive_recipients
from backups.archiving.staging import IN, staged
from backups.archiving.waking import store_soon
from backups.archiving.working import alive, work_through
from backups.exporting.sealing import sealed_to
from backups.exporting.writing import Written, write_everything
from backups.models import ArchivedCopy
from backups.pipeline import Hashed
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog


def seal_what_waits() -> int:
    """By the worker for files, which holds the data keys; unbound."""
    with bound_to(CATALOG):
        waiting = ArchivedCopy.objects.filter(is_sealed=False)
    return work_through(waiting, seal)


def seal(copy: ArchivedCopy) -> None:
    """One that was claimed, unbound; then it waits for who may write into the storage."""
    recipients = archive_recipients()
    path = staged(copy.pk, IN)
    part = path.with_name(f"{path.name}.{copy.token}")  # another worker, believed dead, writes elsewhere
    for begun in path.parent.glob(f"{path.name}.*"):
        begun.unlink(missing_ok=True)
    at = timezone.now()
    try:
        with part.open("xb") as file:
            hashed = Hashed(file)
            with bound_to(copy.tenant):
                written = _write(copy, hashed, recipients)
        with bound_to(CATALOG):
            copy.renew()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _hand_on(copy, hashed, written, taken_at=at, recipients=",".join(recipients))


def _write(copy: ArchivedCopy, hashed: Hashed, recipients: list[str]) -> Written:
    """The tenant's own log says that it was archived, why, and for how long."""
    with sealed_to(recipients, hashed) as stream:
        written = write_everything(stream, copy.tenant.name, alive(copy))
    with because(copy.reason):
        until = f"{copy.keep_until:%Y-%m-%d}"
        record("backups.archived", until=until, rows=written.records, files=written.files.files)
    return written


def _hand_on(copy: ArchivedCopy, hashed: Hashed, written: Written, **told: object) -> None:
    with bound_to(CATALOG):
        copy.write(
            is_sealed=True,
            rows=written.records,
            files=written.files.files,
            bytes=hashed.bytes,
            sha256=hashed.digest.hexdigest(),
            attempt=0,
            **told,
        )
        copy.try_again("", time_of_catalog())
        store_soon()
