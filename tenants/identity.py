"""Each database says whose it is, signed: a catalog that points at the wrong one is refused."""

import base64
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from psycopg import Connection, ProgrammingError

from tenants.exceptions import WrongDatabase
from tenants.places import OwnerPlace, Place, ProvisionerMissing


class Identity(NamedTuple):
    """What the row `amana.identity` claims. `era` grows with every restore; `purpose` is "tenant" or "drill"."""

    tenant: UUID
    database: str
    era: int
    purpose: str

    def message(self) -> bytes:
        return f"amana identity v1|{self.tenant}|{self.database}|{self.era}|{self.purpose}".encode()


def identity_of(place: Place) -> Identity:
    if place.tenant_id is None:
        raise WrongDatabase(f"{place.database} belongs to no tenant.")
    return Identity(place.tenant_id, place.database, place.era, place.purpose)


def sign(identity: Identity) -> bytes:
    """The Ed25519 signature (RFC 8032, 64 bytes). Only the process `control` holds the private key."""
    if not settings.AMANA_IDENTITY_KEY:
        raise ProvisionerMissing
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.AMANA_IDENTITY_KEY))
    return key.sign(identity.message())


def check_identity(connection: Connection[Any], place: Place) -> None:
    """Read the row of a connection just opened. Raises WrongDatabase unless it is signed and the one expected."""
    if place.is_catalog or isinstance(place, OwnerPlace):
        return
    expected = identity_of(place)
    found, signature = read_identity(connection)
    if found != expected or not is_signed(expected, signature):
        raise WrongDatabase(f"{place.database} does not prove to be the database that the catalog expects.")


def read_identity(connection: Connection[Any]) -> tuple[Identity | None, bytes]:
    """The claimed identity and its signature, unchecked; (None, b"") where there is no row."""
    try:
        row = connection.execute(
            "SELECT tenant, database, era, purpose, signature FROM amana.identity"
        ).fetchone()
        connection.rollback()
    except ProgrammingError as error:
        connection.close()
        raise WrongDatabase("The database shows no identity.") from error
    return (Identity(*row[:4]), bytes(row[4])) if row else (None, b"")


def is_signed(identity: Identity, signature: bytes) -> bool:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(settings.AMANA_IDENTITY_PUBLIC_KEY))
    try:
        key.verify(signature, identity.message())
    except InvalidSignature:
        return False
    return True
