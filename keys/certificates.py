"""What remains of a destroyed key: who destroyed it, why, and the moment from which no copy is left."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from psycopg import Connection, sql

from keys.owners import bound_owner
from keys.signing_keys import CERTIFICATES, is_signed, sign
from keys.store import key_store
from tenants.identifiers import new_id

ALL_KEYS = "all keys"
LONGEST_ESCROW_DAYS = 3


def escrow_lifetime() -> timedelta:
    """How long an escrow of the key store is kept. Raises ImproperlyConfigured beyond three days."""
    days = settings.AMANA_ESCROW_DAYS
    if not 0 < days <= LONGEST_ESCROW_DAYS:
        raise ImproperlyConfigured(f"AMANA_ESCROW_DAYS must be 1 to {LONGEST_ESCROW_DAYS}, not {days}.")
    return timedelta(days=days)


@dataclass(frozen=True)
class Certificate:
    """Signed. `subject` is "all keys", a version of a key, or a table and a row; `tenant` nil is the platform."""

    id: UUID
    tenant: UUID
    subject: str
    keys: int
    by: str
    reason: str
    destroyed_at: datetime
    final_at: datetime
    signature: bytes = b""

    def __str__(self) -> str:
        return (
            f"{self.subject} of {self.tenant}: {self.keys} destroyed on {self.destroyed_at:%Y-%m-%d %H:%M} UTC"
            f" by {self.by} ({self.reason}); the last copy ends on {self.final_at:%Y-%m-%d %H:%M} UTC."
        )

    def message(self) -> bytes:
        told = [str(getattr(self, each.name)) for each in fields(self) if each.name != "signature"]
        return "\n".join(f"{len(text)}:{text}" for text in told).encode()

    @property
    def is_genuine(self) -> bool:
        return is_signed(CERTIFICATES, self.message(), self.signature)


def certify(subject: str, keys: int, by: str, reason: str, *, of: UUID | None = None) -> Certificate:
    """For the bound tenant (or `of`), not written down yet: the last copy ends with the youngest escrow."""
    now = timezone.now()
    told = (new_id(), of or bound_owner(), subject, keys, by, reason, now, now + escrow_lifetime())
    return Certificate(*told, sign(CERTIFICATES, Certificate(*told).message()))


def write_down(connection: Connection[Any], certificate: Certificate) -> None:
    """Once: again it changes nothing."""
    values = [sql.Literal(getattr(certificate, each.name)) for each in fields(Certificate)]
    statement = sql.SQL("INSERT INTO certificate ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING")
    connection.execute(statement.format(_columns(), sql.SQL(", ").join(values)))


def certificates(of: UUID | None = None) -> list[Certificate]:
    """The bound tenant's (or those `of` another), newest first."""
    query = sql.SQL("SELECT {} FROM certificate WHERE tenant = %s ORDER BY destroyed_at DESC").format(
        _columns()
    )
    with key_store() as connection:
        return [Certificate(*row) for row in connection.execute(query, [of or bound_owner()]).fetchall()]


def _columns() -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(each.name) for each in fields(Certificate))
