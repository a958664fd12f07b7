"""Which tables of the bound database have encrypted columns, and what they hold, as it stands there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models

from keys.blind_index import BlindIndexField
from keys.envelopes import Envelope
from keys.fields import EncryptedField
from tenants.binding import bound_place

BATCH = 500
Model = type[models.Model]


def encrypted_models() -> list[Model]:
    """The models of the bound database with encrypted columns of their own."""
    labels = settings.CATALOG_LABELS if bound_place().is_catalog else settings.TENANT_LABELS
    ours = [model for model in apps.get_models() if model._meta.app_label in labels]
    return [model for model in ours if not model._meta.proxy and columns_of(model)]


def columns_of(model: Model) -> list[EncryptedField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]


def indexes_of(model: Model) -> list[BlindIndexField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, BlindIndexField)]


def batches(model: Model) -> Iterator[list[Any]]:
    """The primary keys of all rows, in their order, some at a time."""
    rows = model._base_manager.order_by("pk")
    last: list[Any] = []
    while keys := [*(rows.filter(pk__gt=last[-1]) if last else rows).values_list("pk", flat=True)[:BATCH]]:
        yield keys
        last = keys


def count_under(key_id: UUID) -> int:
    """How many encrypted values of the bound database need this data key itself."""
    return sum(
        1
        for model in encrypted_models()
        for keys in batches(model)
        for row in model._base_manager.filter(pk__in=keys).values_list(*_names(model))
        for value in row
        if isinstance(value, Envelope) and not value.is_row_keyed and value.key_id == key_id
    )


def _names(model: Model) -> list[str]:
    return [field.name for field in columns_of(model)]
