"""One archived copy at a time is claimed and worked on: it goes well, or is tried again, or ends in words."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet

from audit.recording import record
from backups.archiving.staging import IN, staged
from backups.archiving.standing import watch
from backups.exceptions import BackupRefused, LeaseLost
from backups.models import ArchivedCopy
from tenants.binding import CATALOG, bound_to, in_catalog
from tenants.carrying_out import in_words
from tenants.clock import time_of_catalog

logger = logging.getLogger(__name__)
TABLE = ArchivedCopy._meta.db_table
OFTEN = 2.0
DIED = "Its worker died in the middle, %d times."
Work = Callable[[ArchivedCopy], None]


def work_through(waiting: "QuerySet[ArchivedCopy]", work: Work) -> int:
    """Do `work` for each that can be had, unbound; how many those were."""
    done = 0
    while copy := _claimed(waiting):
        _carry_out(copy, work)
        done += 1
    return done


def _claimed(waiting: "QuerySet[ArchivedCopy]") -> ArchivedCopy | None:
    with bound_to(CATALOG):
        found: ArchivedCopy | None = waiting.select_related("tenant__server").order_by("requested_at").take()  # type: ignore[attr-defined]
    return found


def _carry_out(copy: ArchivedCopy, work: Work) -> None:
    try:
        if copy.attempt > settings.AMANA_BACKUP_ATTEMPTS:
            _fail(copy, DIED % (copy.attempt - 1), "WorkerDied")
        else:
            work(copy)
    except LeaseLost as lost:
        logger.info("%s What was made of it here doesn't count.", lost)
    except Exception as error:
        logger.exception("The archived copy %s isn't finished.", copy.pk)
        _leave(copy, error)


def _leave(copy: ArchivedCopy, error: Exception) -> None:
    try:
        if isinstance(error, BackupRefused) or copy.attempt >= settings.AMANA_BACKUP_ATTEMPTS:
            _fail(copy, in_words(error), type(error).__name__)
            return
        pause = timedelta(seconds=settings.AMANA_BACKUP_RETRY_SECONDS * 2 ** (copy.attempt - 1))
        with bound_to(CATALOG):
            copy.try_again(in_words(error), time_of_catalog() + pause)
    except LeaseLost as lost:
        logger.info("%s What was made of it here doesn't count.", lost)


def _fail(copy: ArchivedCopy, says: str, error: str) -> None:
    with bound_to(CATALOG):
        copy.end(ArchivedCopy.State.FAILED, error=says)
        record(
            "backups.archive_stored",
            "failed",
            subject=TABLE,
            object_id=copy.pk,
            tenant=copy.tenant.slug,
            error=error,
        )
    staged(copy.pk, IN).unlink(missing_ok=True)
    watch()


def alive(copy: ArchivedCopy) -> Callable[[int], None]:
    """To be called block by block, whoever is bound: it renews the lease now and then. Raises LeaseLost."""
    every = min(OFTEN, settings.AMANA_BACKUP_LEASE_SECONDS / 4)
    renewed = time.monotonic()

    def tick(_so_far: int) -> None:
        nonlocal renewed
        if time.monotonic() - renewed > every:
            renewed = time.monotonic()
            in_catalog(copy.renew)

    return tick
