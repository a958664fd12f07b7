"""AES-256-GCM (NIST SP 800-38D) and keys derived by HKDF (RFC 5869). Nothing here knows what it is used for."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


def new_key() -> bytes:
    return AESGCM.generate_key(KEY_BYTES * 8)


def encrypt(key: bytes, plain: bytes, *context: str) -> bytes:
    """A random nonce of 96 bits, then ciphertext and tag. It opens only with the same `context`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, joined(context))


def decrypt(key: bytes, sealed: bytes, *context: str) -> bytes:
    """Raises InvalidTag for another key, another context, or a single altered bit."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], joined(context))


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, purpose.encode()).derive(key)


def joined(parts: tuple[str, ...]) -> bytes:
    """Each with its length before it, so that no two lists of parts are joined alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in (each.encode() for each in parts))
