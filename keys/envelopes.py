"""What stands in an encrypted column: format, kind of key, key id, nonce, ciphertext and tag."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from keys.ciphers import decrypt, encrypt
from keys.data_keys import current_data_key, data_key
from keys.exceptions import Misplaced, UnknownFormat
from keys.owners import bound_owner
from keys.row_keys import Row, row_key, row_key_for
from tenants.exceptions import CrossTenantError

FORMAT = 1
TENANTS_KEY, ROWS_KEY = 1, 2
HEADER_BYTES = 18


class Envelope(bytes):
    """An encrypted column as it was read: what `values()` gives."""

    @property
    def is_row_keyed(self) -> bool:
        return self[1] == ROWS_KEY

    @property
    def key_id(self) -> UUID:
        return UUID(bytes=bytes(self[2:HEADER_BYTES]))


@dataclass(frozen=True)
class Cell:
    """Where a value stands; it opens there and nowhere else. A database's owner (a migration) has no tenant."""

    tenant: UUID | None
    row: Row
    column: str

    def __str__(self) -> str:
        return f"{self.row.table}.{self.column} of {self.row.row}"


def seal(cell: Cell, plain: bytes, *, row_keyed: bool) -> Envelope:
    """Encrypt for `cell`, a cell of the bound tenant, with the tenant's newest key or the row's own."""
    _check_bound(cell)
    key = row_key_for(cell.row) if row_keyed else current_data_key()
    header = bytes([FORMAT, ROWS_KEY if row_keyed else TENANTS_KEY]) + key.id.bytes
    return Envelope(header + encrypt(key.secret, plain, *_context(cell, header)))


def unseal(cell: Cell, envelope: Envelope) -> bytes:
    """Raises KeyMissing, KeyShredded, UnknownFormat, Misplaced, and what the key store and master keys raise."""
    _check_bound(cell)
    check_format(cell, envelope)
    key = row_key(envelope.key_id, cell.row) if envelope.is_row_keyed else data_key(envelope.key_id)
    header = bytes(envelope[:HEADER_BYTES])
    try:
        return decrypt(key.secret, bytes(envelope[HEADER_BYTES:]), *_context(cell, header))
    except InvalidTag:
        raise Misplaced(
            f"{cell} can't be decrypted: it was altered, or encrypted for another row, column or table."
        ) from None


def check_format(cell: Cell, envelope: bytes) -> None:
    if len(envelope) < HEADER_BYTES or envelope[0] != FORMAT or envelope[1] not in (TENANTS_KEY, ROWS_KEY):
        raise UnknownFormat(f"{cell} holds no ciphertext of a format that this release knows.")


def _check_bound(cell: Cell) -> None:
    owner = bound_owner()
    if cell.tenant != owner:
        raise CrossTenantError(f"{cell} is another tenant's: bound to this one, it stays closed.")


def _context(cell: Cell, header: bytes) -> tuple[str, ...]:
    return ("amana field", header.hex(), str(cell.tenant), cell.row.table, cell.column, cell.row.row)
