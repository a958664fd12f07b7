"""The drill worker opens each wrapped identity once a day, so that nobody learns on a bad day that it can't."""

from collections.abc import Callable

from audit.recording import record
from backups.exceptions import BackupError
from backups.models import RecoveryKey
from backups.recovery_keys.opening import opened
from tenants.binding import CATALOG, bound_to, in_catalog
from tenants.clock import time_of_catalog

Tell = Callable[[int, int], None]


def check_keys(tell: Tell = lambda _done, _of: None) -> int:
    """Unbound; gives how many can't be opened. What opened before and doesn't now is recorded as a failure."""
    with bound_to(CATALOG):
        keys = [*RecoveryKey.objects.usable().select_related("tenant")]
    troubled = 0
    for number, key in enumerate(keys, start=1):
        troubled += not _opens(key)
        tell(number, len(keys))
    return troubled


def _opens(key: RecoveryKey) -> bool:
    try:
        opened_and_noted(key)
    except BackupError:
        return False
    return True


def opened_and_noted(key: RecoveryKey) -> str:
    """What `opened` gives the drill worker, whatever is bound. Where it gives nothing, the key's row says why at once.

    An alarm stands within the minute then, and not only after the daily check. Raises what `opened` raises.
    """
    try:
        identity = opened(key)
    except BackupError as error:
        _note(key, str(error)[:500])
        raise
    _note(key, "")
    return identity


def _note(key: RecoveryKey, trouble: str) -> None:
    in_catalog(lambda: _write(key, trouble))


def _write(key: RecoveryKey, trouble: str) -> None:
    RecoveryKey.objects.usable().filter(pk=key.pk).update(checked_at=time_of_catalog(), trouble=trouble)
    if trouble and trouble != key.trouble and not key.destroyed_at:
        record("backups.recovery_key_checked", "failed", tenant=key.owner, version=key.version, why=trouble)
