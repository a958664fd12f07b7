"""An age identity as an age file for those who may open it: two offline recovery keys, and the drill worker."""

import pyrage
from django.conf import settings
from django.utils.translation import gettext_noop

from backups.exceptions import BackupRefused, RecoveryKeyMissing

OFFLINE = 2
CLOSED = gettext_noop("The recovery key can't be unwrapped with what is held here.")


def new_identity() -> tuple[str, str]:
    """(identity, recipient): "AGE-SECRET-KEY-1…" and "age1…"."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(identity: str) -> str:
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def offline_recipients() -> list[str]:
    """Those that AMANA_RECOVERY_RECIPIENTS names."""
    return [each.strip() for each in settings.AMANA_RECOVERY_RECIPIENTS.split(",") if each.strip()]


def wrapping_recipients() -> list[str]:
    """Who can open a wrapped identity. Raises BackupRefused where not all are named."""
    offline = offline_recipients()
    if len({*offline}) < OFFLINE or not settings.AMANA_DRILL_RECIPIENT:
        raise BackupRefused("Recovery keys aren't set up: run init_recovery_keys and follow what it says.")
    return [*offline, settings.AMANA_DRILL_RECIPIENT]


def wrap_identity(identity: str) -> bytes:
    """Raises BackupRefused."""
    recipients = [pyrage.x25519.Recipient.from_str(each) for each in wrapping_recipients()]
    wrapped: bytes = pyrage.encrypt(identity.encode(), recipients)
    return wrapped


def unwrap_identity(wrapped: bytes | memoryview, key: str) -> str:
    """With one of the keys it was wrapped for, or several with commas between.

    Raises RecoveryKeyMissing for another, or once it was destroyed.
    """
    try:
        keys = [pyrage.x25519.Identity.from_str(each.strip()) for each in key.split(",")]
        opened: bytes = pyrage.decrypt(bytes(wrapped), keys)
    except (pyrage.DecryptError, pyrage.IdentityError, OSError) as error:
        raise RecoveryKeyMissing(CLOSED) from error
    return opened.decode()
