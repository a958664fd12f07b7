"""A key of one row alone, so that the row can be destroyed in every backup at once."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from psycopg import Connection

from keys.ciphers import decrypt, encrypt, new_key
from keys.data_keys import current_data_key, data_key, missing
from keys.exceptions import KeyMissing, Misplaced
from keys.owners import bound_owner
from keys.remembering import memory
from keys.store import key_store
from tenants.identifiers import new_id


@dataclass(frozen=True)
class Row:
    """One row of one of the bound tenant's tables."""

    table: str
    row: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


@dataclass(frozen=True)
class RowKey:
    id: UUID
    row: Row
    secret: bytes = field(repr=False)


def context_of(tenant: UUID, key_id: UUID, row: Row) -> tuple[str, ...]:
    return ("amana row key 1", str(tenant), str(key_id), row.table, row.row)


def row_key_for(row: Row) -> RowKey:
    """The key of the bound tenant's row, made where it has none yet."""
    tenant = bound_owner()
    return memory.recall(("key of row", tenant, row), lambda: _load_or_make(tenant, row))


def row_key(key_id: UUID, row: Row) -> RowKey:
    """The bound tenant's row key of that id. Raises KeyShredded, KeyMissing; Misplaced where it is another row's."""
    tenant = bound_owner()
    key = memory.recall(("row key", tenant, key_id), lambda: _load(tenant, key_id))
    if key.row != row:
        raise Misplaced(f"This value of {row} was encrypted with the key of another row.")
    return key


def _load_or_make(tenant: UUID, row: Row) -> RowKey:
    newest = current_data_key()
    key_id = new_id()
    sealed = encrypt(newest.secret, new_key(), *context_of(tenant, key_id, row))
    with key_store() as connection:
        connection.execute(
            """INSERT INTO row_key (id, tenant, of_table, of_row, data_key, wrapped) VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (tenant, of_table, of_row) DO NOTHING""",
            [key_id, tenant, row.table, row.row, newest.id, sealed],
        )
        found = _find(connection, tenant, row)
    return _unwrapped(tenant, row, found)


def _find(connection: Connection[Any], tenant: UUID, row: Row) -> Any:
    return connection.execute(
        "SELECT id, data_key, wrapped FROM row_key WHERE (tenant, of_table, of_row) = (%s, %s, %s)",
        [tenant, row.table, row.row],
    ).fetchone()


def _load(tenant: UUID, key_id: UUID) -> RowKey:
    query = "SELECT of_table, of_row, data_key, wrapped FROM row_key WHERE id = %s AND tenant = %s"
    with key_store() as connection:
        found = connection.execute(query, [key_id, tenant]).fetchone()
    if found is None:
        raise missing(key_id, "row key")
    table, row, wrapped_by, wrapped = found
    return _unwrapped(tenant, Row(table, row), (key_id, wrapped_by, wrapped))


def _unwrapped(tenant: UUID, row: Row, found: Any) -> RowKey:
    key_id, wrapped_by, wrapped = found
    try:
        secret = decrypt(data_key(wrapped_by).secret, wrapped, *context_of(tenant, key_id, row))
    except InvalidTag:
        raise KeyMissing(f"The key of {row} in the key store was altered: it can't be unwrapped.") from None
    return RowKey(key_id, row, secret)
