"""The platform's signing keys (Ed25519, RFC 8032), for what any holder of the master key may sign.

The key of identity rows is not here: web holds the master key, and must not be able to sign those.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.exceptions import KeyMissing
from keys.masters import Wrapped, unwrap, wrap
from keys.store import key_store

CERTIFICATES = "shredding certificates"
EVIDENCE = "evidence of access reviews"
PURPOSES = (CERTIFICATES, EVIDENCE)


def ensure_signing_keys() -> None:
    """Make the key of each purpose that has none yet."""
    for purpose in PURPOSES:
        private = Ed25519PrivateKey.generate()
        wrapped = wrap(private.private_bytes_raw(), "signing key", purpose)
        with key_store() as connection:
            connection.execute(
                """INSERT INTO signing_key (purpose, master, wrapped, public) VALUES (%s, %s, %s, %s)
                ON CONFLICT (purpose) DO NOTHING""",
                [purpose, wrapped.master, wrapped.sealed, private.public_key().public_bytes_raw()],
            )


def sign(purpose: str, message: bytes) -> bytes:
    """64 bytes. Raises KeyMissing."""
    with key_store() as connection:
        query = "SELECT master, wrapped FROM signing_key WHERE purpose = %s"
        row = connection.execute(query, [purpose]).fetchone()
    if row is None:
        raise KeyMissing(f"There is no key yet that signs {purpose}: prepare makes it.")
    private = unwrap(Wrapped(*row), "signing key", purpose)
    return Ed25519PrivateKey.from_private_bytes(private).sign(_about(purpose, message))


def is_signed(purpose: str, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key(purpose)).verify(signature, _about(purpose, message))
    except InvalidSignature:
        return False
    return True


def public_key(purpose: str) -> bytes:
    """32 bytes, for whoever verifies without us. Raises KeyMissing."""
    with key_store() as connection:
        query = "SELECT public FROM signing_key WHERE purpose = %s"
        row = connection.execute(query, [purpose]).fetchone()
    if row is None:
        raise KeyMissing(f"There is no key yet that signs {purpose}: prepare makes it.")
    return bytes(row[0])


def _about(purpose: str, message: bytes) -> bytes:
    return f"amana {purpose} 1|".encode() + message
