"""The bound tenant's own keys: the newest encrypts, each decrypts what it once encrypted."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from psycopg import Connection

from keys.ciphers import derive, new_key
from keys.exceptions import KeyMissing, KeyShredded
from keys.masters import Wrapped, unwrap, wrap
from keys.owners import bound_owner
from keys.remembering import memory
from keys.store import key_store
from tenants.identifiers import new_id


class DataKey:
    """One version of a tenant's key, unwrapped when it is first used."""

    def __init__(self, tenant: UUID, key_id: UUID, version: int, wrapped: Wrapped) -> None:
        self.tenant, self.id, self.version, self.wrapped = tenant, key_id, version, wrapped

    def __repr__(self) -> str:
        return f"<DataKey version {self.version} of {self.tenant}>"

    @cached_property
    def secret(self) -> bytes:
        return unwrap(self.wrapped, *_context(self.tenant, self.id, self.version))

    @cached_property
    def index_secret(self) -> bytes:
        """What blind indexes are keyed with."""
        return derive(self.secret, "amana blind index 1")


def _context(tenant: UUID, key_id: UUID, version: int) -> tuple[str, ...]:
    return ("data key", str(tenant), str(key_id), str(version))


def current_data_key() -> DataKey:
    """The bound tenant's newest. Raises KeyMissing, KeyShredded, and what unwrapping raises."""
    return data_keys()[0]


def data_keys() -> Sequence[DataKey]:
    """All the bound tenant's, newest first: at least one."""
    tenant = bound_owner()
    keys = memory.recall(("data keys", tenant), lambda: _load(tenant))
    if not keys:
        raise _absence(tenant)
    return keys


def data_key(key_id: UUID) -> DataKey:
    """The bound tenant's key of that id. Raises KeyMissing, KeyShredded."""
    found = next((key for key in data_keys() if key.id == key_id), None)
    if found is None:
        memory.forget()  # another process may have made it within this second
        found = next((key for key in data_keys() if key.id == key_id), None)
    if found is None:
        raise missing(key_id, "data key")
    return found


def ensure_data_key() -> None:
    """Make the bound tenant's first key where it has none. Raises KeyShredded for one whose keys were destroyed."""
    tenant = bound_owner()
    with key_store() as connection:
        _one_at_a_time(connection, tenant)
        if _load_in(connection, tenant):
            return
        if _certificate_of(connection, tenant):
            raise KeyShredded(f"The keys of {tenant} were destroyed: it gets no new ones.")
        _add(connection, tenant, 1)


def add_version() -> DataKey:
    """A new key that encrypts from now on; the older ones go on decrypting. Raises KeyMissing where there is none."""
    tenant = bound_owner()
    with key_store() as connection:
        _one_at_a_time(connection, tenant)
        keys = _load_in(connection, tenant)
        if not keys:
            raise _absence(tenant)
        made = _add(connection, tenant, keys[0].version + 1)
    memory.forget()
    return made


def _one_at_a_time(connection: Connection[Any], tenant: UUID) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"data keys {tenant}"])


def _add(connection: Connection[Any], tenant: UUID, version: int) -> DataKey:
    key_id = new_id()
    wrapped = wrap(new_key(), *_context(tenant, key_id, version))
    connection.execute(
        "INSERT INTO data_key (id, tenant, version, master, wrapped) VALUES (%s, %s, %s, %s, %s)",
        [key_id, tenant, version, wrapped.master, wrapped.sealed],
    )
    connection.execute("UPDATE change SET count = count + 1")
    return DataKey(tenant, key_id, version, wrapped)


def _load(tenant: UUID) -> Sequence[DataKey]:
    with key_store() as connection:
        return _load_in(connection, tenant)


def _load_in(connection: Connection[Any], tenant: UUID) -> Sequence[DataKey]:
    query = "SELECT id, version, master, wrapped FROM data_key WHERE tenant = %s ORDER BY version DESC"
    rows = connection.execute(query, [tenant]).fetchall()
    return [DataKey(tenant, key_id, version, Wrapped(*wrapped)) for key_id, version, *wrapped in rows]


def _absence(tenant: UUID) -> KeyMissing:
    with key_store() as connection:
        destroyed_at = _certificate_of(connection, tenant)
    if destroyed_at:
        return KeyShredded(f"The keys of {tenant} were destroyed on {destroyed_at:%Y-%m-%d %H:%M} UTC.")
    return KeyMissing(f"{tenant} has no data key: prepare makes it, and provisioning does.")


def _certificate_of(connection: Connection[Any], tenant: UUID) -> Any:
    """When all its keys were destroyed; None where they weren't."""
    query = "SELECT max(destroyed_at) FROM certificate WHERE tenant = %s AND subject = 'all keys'"
    row = connection.execute(query, [tenant]).fetchone()
    return row and row[0]


def missing(key_id: UUID, kind: str) -> KeyMissing:
    """Why the bound tenant has no such key, to be raised: destroyed, or never its own."""
    query = """
        SELECT destroyed_at FROM destroyed JOIN certificate ON certificate.id = certificate
        WHERE key = %s AND tenant = %s"""
    with key_store() as connection:
        row = connection.execute(query, [key_id, bound_owner()]).fetchone()
        destroyed_at = row[0] if row else _certificate_of(connection, bound_owner())
    if destroyed_at:
        return KeyShredded(f"The {kind} of this value was destroyed on {destroyed_at:%Y-%m-%d %H:%M} UTC.")
    return KeyMissing(
        f"This tenant has no {kind} {key_id}: the value is another tenant's, or the key store is of another time."
    )
