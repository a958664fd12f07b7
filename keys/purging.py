"""Blind indexes of shredded rows, emptied again where a restore brought them back: their keys no restore touches."""

from datetime import datetime, timedelta

from keys.blind_index import BlindIndexField
from keys.certificates import certificates
from keys.encrypted_models import BATCH, encrypted_models, indexes_of
from keys.envelopes import Envelope
from keys.fields import NOTHING
from keys.store import key_store

CLOCKS = timedelta(hours=1)  # by which those of a web process and of a database server may differ


def empty_indexes_again(since: datetime) -> int:
    """Of the bound tenant's rows whose keys were destroyed since then; how many indexes that were.

    What was written anew since its row was shredded has another key, and its index stays.
    """
    shredded = _shredded(since - CLOCKS)
    return sum(
        _empty(index, rows[begin : begin + BATCH])
        for model in encrypted_models()
        for index in indexes_of(model)
        for rows in [shredded.get(model._meta.db_table, [])]
        for begin in range(0, len(rows), BATCH)
        if index.is_row_keyed
    )


def _shredded(since: datetime) -> dict[str, list[str]]:
    """Rows, by their tables, as certificates name them."""
    found: dict[str, list[str]] = {}
    for certificate in certificates():
        table, _space, row = certificate.subject.partition(" ")
        if certificate.destroyed_at >= since:
            found.setdefault(table, []).append(row)
    return found


def _empty(index: BlindIndexField, rows: list[str]) -> int:
    filled = index.model._base_manager.filter(pk__in=rows, **{f"{index.name}__isnull": False})
    sealed = {
        pk: value.key_id
        for pk, value in filled.values_list("pk", index.of)
        if isinstance(value, Envelope) and value.is_row_keyed
    }
    with key_store() as connection:
        query = "SELECT key FROM destroyed WHERE key = ANY(%s)"
        destroyed = {key for (key,) in connection.execute(query, [[*sealed.values()]]).fetchall()}
    found = [pk for pk, key in sealed.items() if key in destroyed]
    return int(index.model._base_manager.filter(pk__in=found).update(**{index.name: NOTHING}))
