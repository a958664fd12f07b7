"""What `control` and the restore worker say of keys, signed: whoever can only write into the catalog can't say it.

Ed25519 (RFC 8032) with the key of identity rows; each kind of message begins with words of its own.
"""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from backups.exceptions import BackupRefused


def sign(message: bytes) -> bytes:
    """64 bytes. Raises BackupRefused where this process holds no key."""
    if not settings.AMANA_IDENTITY_KEY:
        raise BackupRefused(
            "This process doesn't hold AMANA_IDENTITY_KEY: it can't vouch for a recovery key."
        )
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.AMANA_IDENTITY_KEY))
    return key.sign(message)


def is_ours(message: bytes, signature: bytes | memoryview) -> bool:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(settings.AMANA_IDENTITY_PUBLIC_KEY))
    try:
        key.verify(bytes(signature), message)
    except InvalidSignature:
        return False
    return True
