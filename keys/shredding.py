"""Destroying keys on purpose, and with them what they encrypted, in every backup at once."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from django.db import transaction
from psycopg import Connection

from audit.recording import record
from keys.certificates import ALL_KEYS, Certificate, certificates, certify, write_down
from keys.data_keys import DataKey, data_keys
from keys.encrypted_models import columns_of, count_under, indexes_of
from keys.exceptions import KeyMissing, ShreddingRefused
from keys.fields import NOTHING
from keys.holding import Held, HoldsSecrets
from keys.owners import bound_owner
from keys.remembering import memory
from keys.store import key_store
from tenants.binding import bound_alias


def shred_row(instance: HoldsSecrets, by: str, reason: str) -> Certificate:
    """Destroy the key of this row of the bound tenant; its blind indexes are emptied first.

    Again, it gives the certificate of the first time. Raises ShreddingRefused inside a transaction, since a rollback
    doesn't bring a key back; KeyMissing for a row that never had one.
    """
    if transaction.get_connection(bound_alias()).in_atomic_block:
        raise ShreddingRefused(
            "A key can't be destroyed inside a transaction: do it when that one has ended."
        )
    fields = [field for field in columns_of(type(instance)) if field.is_row_keyed]
    if not fields:
        raise ShreddingRefused(f"Rows of {type(instance).__name__} have no key of their own.")
    _empty_indexes(instance)
    row = fields[0].cell_of(instance).row
    certificate = certify(str(row), 1, by, reason)
    with key_store() as connection:
        query = "SELECT id FROM row_key WHERE (tenant, of_table, of_row) = (%s, %s, %s) FOR UPDATE"
        found = connection.execute(query, [certificate.tenant, row.table, row.row]).fetchall()
        if found:
            write_down(connection, certificate)
            _destroy(connection, certificate, "DELETE FROM row_key WHERE id = %s RETURNING id", found[0])
    memory.forget()
    for field in fields:
        held = instance.__dict__.get(field.attname)
        if isinstance(held, Held):
            instance.__dict__[field.attname] = Held(field, held.envelope, held.cell)
    if not found:
        return _earlier(str(row))
    _record(certificate, row.table, row.row)
    return certificate


def _empty_indexes(instance: HoldsSecrets) -> None:
    indexes = [index for index in indexes_of(type(instance)) if index.is_row_keyed]
    rows = type(instance)._base_manager.filter(pk=instance.pk)
    if indexes:
        rows.update(**{index.name: NOTHING for index in indexes})
    for index in indexes:
        setattr(instance, index.attname, None)


def shred_data_key(version: int, by: str, reason: str) -> Certificate:
    """Destroy an older key of the bound tenant: backups from before its rotation become unreadable.

    Raises ShreddingRefused for the newest and for one that live rows need; KeyMissing where there is none such.
    """
    key = next((each for each in data_keys() if each.version == version), None)
    if key is None:
        raise KeyMissing(f"There is no data key version {version}.")
    certificate = certify(f"data key version {version}", 1, by, reason)
    try:
        _shred_unneeded(key, certificate)
    except ShreddingRefused:
        record("keys.key_shredded", "refused", what=certificate.subject)
        raise
    memory.forget()
    _record(certificate)
    return certificate


def _shred_unneeded(key: DataKey, certificate: Certificate) -> None:
    if key is data_keys()[0]:
        raise ShreddingRefused(f"Version {key.version} is in use: rotate the tenant's data keys first.")
    with key_store() as connection:
        query = "SELECT count(*) FROM row_key WHERE data_key = %s"
        row = connection.execute(query, [key.id]).fetchone()
        values = count_under(key.id)
        if values or (row and row[0]):
            raise ShreddingRefused(
                f"{values} values and {row and row[0]} row keys need version {key.version}: rotate."
            )
        write_down(connection, certificate)
        _destroy(connection, certificate, "DELETE FROM data_key WHERE id = %s RETURNING id", [key.id])


def _record(certificate: Certificate, table: str = "", row: str | None = None) -> None:
    final_at = certificate.final_at.isoformat(timespec="minutes")
    record("keys.key_shredded", subject=table, object_id=row, what=certificate.subject, final_at=final_at)


def shred_tenant(by: str, reason: str) -> Certificate | None:
    """Destroy every key of the bound tenant; None where it has none. Its database may be gone already."""
    certificate = None
    with key_store() as connection:
        query = "SELECT id FROM data_key WHERE tenant = %s FOR UPDATE"
        keys = connection.execute(query, [bound_owner()]).fetchall()
        rows = connection.execute("DELETE FROM row_key WHERE tenant = %s", [bound_owner()]).rowcount
        if keys:
            certificate = certify(ALL_KEYS, len(keys) + rows, by, reason)
            write_down(connection, certificate)
            statement: LiteralString = "DELETE FROM data_key WHERE tenant = %s RETURNING id"
            _destroy(connection, certificate, statement, [certificate.tenant])
    memory.forget()
    return certificate or _of_the_end()


def _destroy(
    connection: Connection[Any], certificate: Certificate, statement: LiteralString, which: Sequence[Any]
) -> None:
    """The ids remain, so that a value read later says that its key was destroyed, and when."""
    gone: list[tuple[UUID]] = connection.execute(statement, which).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO destroyed (key, certificate) VALUES (%s, %s)",
            [(key_id, certificate.id) for (key_id,) in gone],
        )
    connection.execute("UPDATE change SET count = count + 1")


def _of_the_end() -> Certificate | None:
    return next((each for each in certificates() if each.subject == ALL_KEYS), None)


def _earlier(subject: str) -> Certificate:
    found = next((each for each in certificates() if each.subject == subject), None)
    if found is None:
        raise KeyMissing(f"{subject} has no key.")
    return found
