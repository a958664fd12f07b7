"""An identity unwrapped by who holds a key for it, and believed only where it is the one that was signed."""

from django.conf import settings
from django.utils.translation import gettext_noop

from backups.exceptions import BackupRefused, RecoveryKeyMissing
from backups.models import RecoveryKey
from backups.recovery_keys.wrapping import recipient_of, unwrap_identity

FORGED = gettext_noop("It isn't a key that we made for this owner.")
MOVED = gettext_noop("What is wrapped there isn't this key.")
NOT_HELD = gettext_noop("This process doesn't hold AMANA_DRILL_KEY: the drill worker does.")


def opened(key: RecoveryKey, with_key: str = "") -> str:
    """The identity of a tenant's key, with the drill worker's own key or another that it was wrapped for.

    Raises RecoveryKeyMissing where it was destroyed, can't be unwrapped, or isn't the one that `control` signed:
    a blob or a recipient that somebody moved there from another tenant; BackupRefused where we hold no key.
    """
    if key.destroyed_at:
        raise RecoveryKeyMissing(f"The recovery key was destroyed on {key.destroyed_at:%Y-%m-%d %H:%M} UTC.")
    if not key.is_genuine:
        raise RecoveryKeyMissing(FORGED)
    identity = unwrap_identity(key.wrapped, with_key or _drill_key())
    if recipient_of(identity) != key.recipient:
        raise RecoveryKeyMissing(MOVED)
    return identity


def _drill_key() -> str:
    if not settings.AMANA_DRILL_KEY:
        raise BackupRefused(NOT_HELD)
    return settings.AMANA_DRILL_KEY
