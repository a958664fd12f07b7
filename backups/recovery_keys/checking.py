"""The drill worker opens each wrapped identity once a day, so that nobody learns on a bad day that it can't."""

from collections.abc import Callable

from django.utils import timezone

from audit.recording import record
from backups.exceptions import BackupError
from backups.models import RecoveryKey
from backups.recovery_keys.opening import opened
from tenants.binding import CATALOG, bound_to

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
        opened(key)
        trouble = ""
    except BackupError as error:
        trouble = str(error)[:500]
    with bound_to(CATALOG):
        RecoveryKey.objects.usable().filter(pk=key.pk).update(checked_at=timezone.now(), trouble=trouble)
        if trouble and trouble != key.trouble:
            record(
                "backups.recovery_key_checked", "failed", tenant=key.owner, version=key.version, why=trouble
            )
    return not trouble
