"""What the backup worker does: it claims one copy after another, takes each, and says how that ended."""

import logging
import time
from datetime import timedelta
from secrets import SystemRandom

from django.conf import settings
from django.utils.translation import gettext_noop

from audit.recording import record_in_catalog
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupRefused, LeaseLost, RecoveryKeyMissing, StorageAway
from backups.models import Backup
from backups.owners import in_a_sentence
from backups.scheduling.claiming import claim
from backups.scheduling.stopping import Stopped, check, is_stopping
from backups.sentences import sentence
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import in_words
from tenants.clock import time_of_catalog
from tenants.exceptions import WrongDatabase
from tenants.models import Tenant

logger = logging.getLogger(__name__)
FOR_GOOD = (BackupRefused, RecoveryKeyMissing, WrongDatabase)
TABLE = "backups_backup"
CLOSED = "It was closed."
GIVEN_UP = gettext_noop("The %(tier)s copy of %(name)s failed for good at attempt %(attempt)s (%(error)s).")
DIED = "Its worker died in the middle, %d times."
LONGEST_BREAK = 1800.0  # seconds
PATIENCE_WITH_STORAGE = timedelta(days=1)


def work() -> bool:
    """Take copies for a while, unbound; whether there may be more to do."""
    until = time.monotonic() + settings.AMANA_BACKUP_LOOK_SECONDS
    while not is_stopping():
        if time.monotonic() > until:
            return True
        backup = claim()
        if backup is None:
            return False
        carry_out(backup)
    return False


def carry_out(backup: Backup) -> None:
    """Take a copy that was claimed, unbound. It ends well, or in words, or waits for its next try."""
    try:
        if _ended_already(backup):
            return
        take(backup, check)
    except LeaseLost as lost:
        logger.info("%s What was made of it here doesn't count.", lost)
    except Exception as error:  # noqa: BLE001 - whatever it is, the copy ends in words or is tried again
        _leave(backup, error)
    else:
        _tell_success(backup)


def _ended_already(backup: Backup) -> bool:
    """Closed before it began, or taken by workers that died of it."""
    if _is_ending(backup):
        _fail(backup, CLOSED)
        return True
    if backup.attempt > settings.AMANA_BACKUP_ATTEMPTS:
        _fail(backup, DIED % (backup.attempt - 1), "WorkerDied")
        return True
    return False


def _leave(backup: Backup, error: Exception) -> None:
    """Nothing is left of it here but why; and nothing at all where somebody else has it."""
    try:
        if isinstance(error, Stopped):
            _put_back(backup, attempt=backup.attempt - 1)
        elif _is_ending(backup):
            _fail(backup, CLOSED)
        elif isinstance(error, StorageAway):
            _wait_for_storage(backup, error)
        elif isinstance(error, FOR_GOOD) or backup.attempt >= settings.AMANA_BACKUP_ATTEMPTS:
            _fail(backup, in_words(error), type(error).__name__)
        else:
            _put_back(backup, in_words(error), _after(backup.attempt))
    except LeaseLost as lost:
        logger.info("%s What was made of it here doesn't count.", lost)


def _is_ending(backup: Backup) -> bool:
    if backup.tenant_id is None:
        return False
    with bound_to(CATALOG):
        return Tenant.objects.get(pk=backup.tenant_id).is_ending


def _wait_for_storage(backup: Backup, error: StorageAway) -> None:
    """It isn't the copy's fault: no attempt is counted, for a day."""
    storage_refuses("writer", error)
    if time_of_catalog() - backup.due > PATIENCE_WITH_STORAGE:
        _fail(backup, in_words(error), type(error).__name__)
    else:
        _put_back(backup, in_words(error), _after(backup.attempt), attempt=min(backup.attempt, 3) - 1)


def _put_back(backup: Backup, error: str = "", seconds: float = 0, **values: int) -> None:
    at = time_of_catalog() + timedelta(seconds=seconds)
    with bound_to(CATALOG):
        if values:
            backup.write(**values)
        backup.try_again(error, at)
    logger.info("The copy %s of %s waits until %s.", backup.pk, backup.whose, at)


def _after(attempt: int) -> float:
    """Seconds: twice as long each time, and spread, so that those that failed together don't come back together."""
    pause = settings.AMANA_BACKUP_RETRY_SECONDS * 2 ** (attempt - 1)
    return float(min(pause, LONGEST_BREAK) * SystemRandom().uniform(0.75, 1.25))


def _fail(backup: Backup, says: str, error: str = "") -> None:
    """For good. `error`: its type, for alarm and log; without one nobody has to look at it."""
    with bound_to(CATALOG):
        backup.end(Backup.State.FAILED, error=says)
    if not error:
        return
    logger.error("The copy %s of %s failed for good: %s.", backup.pk, backup.whose, error)
    record_in_catalog(
        "backups.taken", "failed", subject=TABLE, object_id=backup.pk, tenant=backup.whose, error=error
    )
    about = sentence(
        GIVEN_UP,
        tier=backup.tier,
        name=in_a_sentence(backup.tenant),
        attempt=backup.attempt,
        error=error,
    )
    raise_alarm(AlarmKind.FAILED, backup.tenant, about)


def _tell_success(backup: Backup) -> None:
    record_in_catalog("backups.taken", subject=TABLE, object_id=backup.pk, tenant=backup.whose)
    end_alarm(AlarmKind.FAILED, backup.tenant)
    storage_serves("writer")
