"""Names and keys that say nothing about whom they stand for."""

import secrets
import string
from uuid import UUID

from uuid_utils.compat import uuid7

ALPHABET = string.ascii_lowercase + string.digits


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique across all tenants, in order of time."""
    return uuid7()


def new_database_name() -> str:
    """An opaque name for a tenant's database, its role and its alias: t_ and 16 of a-z0-9 (82 bits)."""
    return "t_" + "".join(secrets.choice(ALPHABET) for _ in range(16))
