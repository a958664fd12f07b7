"""What a command says while the drill worker wraps all identities anew: read off the rows themselves."""

import time
from collections.abc import Callable

from backups.exceptions import BackupRefused
from backups.models import RecoveryKey
from backups.recovery_keys.rotating import to_rewrap
from backups.recovery_keys.tasks import rewrap_keys
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY

POLL_SECONDS = 0.5
SILENCE_SECONDS = 60.0
SAY_EVERY = 100


def rewrap_and_follow(say: Callable[[str], None], patience: float = SILENCE_SECONDS) -> None:
    """Ask the drill worker for it and tell how far it is. Raises BackupRefused for silence or what can't be opened.

    Given again, it goes on where it stopped.
    """
    with bound_to(CATALOG):
        waiting = to_rewrap()
        if not waiting:
            say("All recovery keys are wrapped for today's recipients: nothing is to be done.")
            return
        _ask()
    left, told, heard_at = waiting, waiting, time.monotonic()
    while left > _troubled():
        if time.monotonic() - heard_at > patience:
            raise BackupRefused(
                f"The worker lending is silent, {left} of {waiting} keys are left: is it running, with the same"
                " AMANA_RECOVERY_RECIPIENTS and AMANA_DRILL_RECIPIENT? Give the command again when it is."
            )
        time.sleep(POLL_SECONDS)
        with bound_to(CATALOG):
            now = to_rewrap()
        if now < left:
            left, heard_at = now, time.monotonic()
        if told - left >= SAY_EVERY:
            told = left
            say(f"{waiting - left} of {waiting} keys are wrapped anew.")
    say(f"{waiting - left} of {waiting} keys are wrapped anew.")
    if left:
        raise BackupRefused(
            f"{left} keys can't be opened and were left as they were: recovery_keys names them."
        )


def _ask() -> None:
    """What couldn't be opened before is tried again."""
    RecoveryKey.objects.troubled().update(trouble="")
    try:
        rewrap_keys.delay()
    except BROKER_AWAY as error:
        raise BackupRefused(
            "The broker is away, so the drill worker hears nothing: nothing was done."
        ) from error


def _troubled() -> int:
    with bound_to(CATALOG):
        return RecoveryKey.objects.troubled().count()
