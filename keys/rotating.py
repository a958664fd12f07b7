"""New keys in the place of old ones, while everybody goes on reading and writing."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from audit.recording import record, record_in_catalog
from keys.blind_index import BlindIndexField
from keys.ciphers import decrypt, encrypt
from keys.data_keys import add_version, current_data_key, data_key
from keys.encrypted_models import BATCH, Model, batches, columns_of, encrypted_models, indexes_of
from keys.envelopes import Envelope, seal, unseal
from keys.fields import EncryptedField, Fresh
from keys.masters import Wrapped, master_keys, unwrap, wrap
from keys.owners import bound_owner
from keys.row_keys import Row, context_of
from keys.store import key_store

DATA_KEYS = "SELECT id, tenant, version, master, wrapped FROM data_key WHERE master <> %s LIMIT %s FOR UPDATE"
SIGNING_KEYS = "SELECT purpose, master, wrapped FROM signing_key WHERE master <> %s FOR UPDATE"
ROW_KEYS = """
    SELECT id, of_table, of_row, data_key, wrapped FROM row_key
    WHERE tenant = %s AND data_key <> %s LIMIT %s FOR UPDATE"""


def rotate_master_key() -> int:
    """Wrap every key anew under the first master key of AMANA_MASTER_KEY; gives how many were not yet.

    What they encrypt is not touched. Every process must hold the new master key before this begins.
    """
    count = sum(_rewrap_data_keys()) + _rewrap_signing_keys()
    record_in_catalog("keys.master_key_rotated", keys=count, master=master_keys()[0].name)
    return count


def _rewrap_data_keys() -> Iterator[int]:
    newest = master_keys()[0].name
    while True:
        with key_store() as connection:
            rows = connection.execute(DATA_KEYS, [newest, BATCH]).fetchall()
            for key_id, tenant, version, *wrapped in rows:
                again = _rewrapped(Wrapped(*wrapped), "data key", str(tenant), str(key_id), str(version))
                statement = "UPDATE data_key SET master = %s, wrapped = %s WHERE id = %s"
                connection.execute(statement, [again.master, again.sealed, key_id])
        if not rows:
            return
        yield len(rows)


def _rewrap_signing_keys() -> int:
    with key_store() as connection:
        rows = connection.execute(SIGNING_KEYS, [master_keys()[0].name]).fetchall()
        for purpose, *wrapped in rows:
            again = _rewrapped(Wrapped(*wrapped), "signing key", purpose)
            statement = "UPDATE signing_key SET master = %s, wrapped = %s WHERE purpose = %s"
            connection.execute(statement, [again.master, again.sealed, purpose])
    return len(rows)


def _rewrapped(wrapped: Wrapped, *context: str) -> Wrapped:
    return wrap(unwrap(wrapped, *context), *context)


def rotate_data_keys() -> tuple[int, int, int]:
    """Give the bound tenant a new data key, and encrypt anew whatever is under an older one.

    Gives (the new version, rows rewritten, row keys rewrapped). The older keys stay, for backups from before and for
    what is being written at this moment; `shred_data_key` ends them. Killed half-way it leaves nothing unreadable.
    """
    version = add_version().version
    row_keys = sum(_rewrap_row_keys())
    rows = sum(_reseal(model, keys) for model in encrypted_models() for keys in batches(model))
    record("keys.data_key_rotated", version=version)
    return version, rows, row_keys


def _rewrap_row_keys() -> Iterator[int]:
    newest, tenant = current_data_key(), bound_owner()
    while True:
        with key_store() as connection:
            found = connection.execute(ROW_KEYS, [tenant, newest.id, BATCH]).fetchall()
            for key_id, table, row, wrapped_by, wrapped in found:
                context = context_of(tenant, key_id, Row(table, row))
                secret = decrypt(data_key(wrapped_by).secret, wrapped, *context)
                statement = "UPDATE row_key SET data_key = %s, wrapped = %s WHERE id = %s"
                connection.execute(statement, [newest.id, encrypt(newest.secret, secret, *context), key_id])
        if not found:
            return
        yield len(found)


def _reseal(model: Model, keys: list[Any]) -> int:
    """Under a lock on these rows, so that nobody's change in between is overwritten."""
    fields: list[models.Field[Any, Any]] = [*columns_of(model), *indexes_of(model)]
    changed = 0
    with transaction.atomic():
        locked = model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        for pk, *values in locked.values_list("pk", *[field.name for field in fields]):
            stored = dict(zip(fields, values, strict=True))
            if changes := _changes(model(pk=pk), stored):
                model._base_manager.filter(pk=pk).update(**changes)
                changed += 1
    return changed


def _changes(instance: models.Model, stored: dict[models.Field[Any, Any], Any]) -> dict[str, Fresh]:
    changes = {}
    for field, value in stored.items():
        if value is None:
            continue
        if isinstance(field, BlindIndexField):
            plain = _opened(field.source, instance, stored[field.source])
            again = bytes(field.digest(field.source.unpack(plain), current_data_key()))
        else:
            again = _sealed_again(field, instance, value)
        if again != bytes(value):
            changes[field.name] = Fresh(again)
    return changes


def _sealed_again(field: Any, instance: models.Model, envelope: Envelope) -> bytes:
    if envelope.is_row_keyed or envelope.key_id == current_data_key().id:
        return bytes(envelope)
    return bytes(
        seal(field.cell_of(instance), _opened(field, instance, envelope), row_keyed=field.is_row_keyed)
    )


def _opened(field: EncryptedField, instance: models.Model, envelope: Envelope) -> bytes:
    return unseal(field.cell_of(instance), envelope)
