"""Whose signatures are believed: the newest key's, and those of the keys that it took the place of.

AMANA_MANIFEST_PUBLIC_KEY and AMANA_REPORT_PUBLIC_KEY name them, with commas between: what was signed before a key was
replaced stays what it is.
"""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def named_keys(named: str) -> list[str]:
    """Newest first, in base64."""
    return [each.strip() for each in named.split(",") if each.strip()]


def signer_of(content: bytes, signature: bytes, named: str) -> str:
    """Which of these keys signed these bytes; empty where none of them did. Raises ValueError for what is no key."""
    for each in named_keys(named):
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(each))
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        return each
    return ""
