"""Encrypted columns: text, JSON, bytes. The database sees ciphertext only, and nobody can filter on it."""

import json
from typing import Any

from django import forms
from django.core import checks
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models

from keys.data_keys import current_data_key
from keys.envelopes import Cell, Envelope, seal
from keys.exceptions import CannotWrite, LookupRefused
from keys.holding import Held, HoldsSecrets, SealedAttribute, passing_sealed
from keys.owners import owner_in_sight
from keys.row_keys import Row


class Fresh(bytes):
    """What `pre_save` made for the row it was given: the only thing that may be written. Empty stands for NULL."""


NOTHING = Fresh()


class WrittenBySaving(models.Field):  # type: ignore[type-arg]
    """A bytea column that takes nothing but what its own `pre_save` made."""

    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not isinstance(value, Fresh):
            raise CannotWrite(
                f"{self.model.__name__}.{self.name} can only be written by saving its row:"
                " update(), bulk_update() and raw fixtures can't encrypt."
            )
        return bytes(value) or None

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """An upsert may meet another row than the one that was encrypted for."""
        query = compiler.query
        is_updated = self.name in {
            getattr(each, "name", each) for each in getattr(query, "update_fields", None) or ()
        }
        key = [self.model._meta.pk.name]
        met = [getattr(each, "name", each) for each in getattr(query, "unique_fields", None) or ()]
        if getattr(query, "on_conflict", None) and is_updated and met != key:
            raise CannotWrite(f"{self.model.__name__}.{self.name} can be upserted by its primary key only.")
        return "%s"

    def value_to_string(self, obj: models.Model) -> str:
        raise CannotWrite(f"{self.model.__name__}.{self.name} is encrypted: it isn't serialised.")


class EncryptedField(WrittenBySaving):
    """Text that stands in the database as AES-256-GCM, bound to its tenant, table, column and row.

    `key="row"` gives each row a key of its own, which `keys.shredding.shred_row` destroys. The model derives from
    HoldsSecrets and has a primary key made in Python. `values()` gives ciphertext; of lookups there is `isnull`
    only, and whatever a BlindIndexField beside it offers.
    """

    descriptor_class = SealedAttribute
    is_ciphertext = True
    empty_strings_allowed = True

    def __init__(self, *args: Any, key: str = "tenant", **kwargs: Any) -> None:
        if key not in ("tenant", "row"):
            raise ValueError(
                'An encrypted field\'s key is the tenant\'s or the row\'s: key="tenant" or "row".'
            )
        self.key = key
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    @property
    def is_row_keyed(self) -> bool:
        return self.key == "row"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, **({"key": self.key} if self.is_row_keyed else {})}

    def pack(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} holds text, not {type(value).__name__}.")
        return value.encode()

    def unpack(self, packed: bytes) -> Any:
        return packed.decode()

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def cell_of(self, instance: models.Model) -> Cell:
        """Where this field of `instance` stands. Raises NoTenantBound."""
        meta = self.model._meta
        key = meta.pk.target_field if isinstance(meta.pk, models.ForeignKey) else meta.pk
        value = key.to_python(instance.__dict__.get(meta.pk.attname))
        return Cell(owner_in_sight(), Row(meta.db_table, str(value)), self.column)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Envelope | None:
        return None if value is None else Envelope(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Fresh:
        """The ciphertext it already has where nothing changed, else a new one for this very row."""
        with passing_sealed():
            held: Held = getattr(model_instance, self.attname)
        cell = self.cell_of(model_instance)
        if add or held.is_changed or held.cell != cell or self._is_outdated(held.envelope):
            held = self._sealed(held.open(), cell)
            model_instance.__dict__[self.attname] = held
        return Fresh(held.envelope or b"")

    def _sealed(self, plain: Any, cell: Cell) -> Held:
        if plain is None:
            return Held.typed(self, None, None)
        packed = self.pack(plain)
        held = Held(self, seal(cell, packed, row_keyed=self.is_row_keyed), cell)
        held.packed, held.plain = packed, plain
        return held

    def _is_outdated(self, envelope: Envelope | None) -> bool:
        """Sealed under an older key, or under the tenant's where it should be the row's."""
        if envelope is None or envelope.is_row_keyed:
            return False
        return self.is_row_keyed or envelope.key_id != current_data_key().id

    def is_unopened(self, instance: models.Model) -> bool:
        """It was read for this row, or not even that, and nobody has looked at it since."""
        held = instance.__dict__.get(self.attname)
        return held is None or (not held.is_opened and held.cell == self.cell_of(instance))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise LookupRefused(
            f"{self.model.__name__}.{self.name} is encrypted, so “{lookup_name}” finds nothing in it:"
            " filter on its blind index, if it has one."
        )

    def get_transform(self, lookup_name: str) -> Any:
        return self.get_lookup(lookup_name)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """One line where a maximum length is given, else a text area."""
        if self.choices is not None:
            return super().formfield(*args, **kwargs)
        ours: dict[str, Any] = {"max_length": self.max_length}
        ours |= {} if self.max_length else {"widget": forms.Textarea}
        ours |= {"empty_value": None} if self.null else {}
        return super().formfield(*args, **{**ours, **kwargs})

    def check(self, **kwargs: Any) -> list[Any]:
        return [*super().check(**kwargs), *self._check_ours()]

    def _check_ours(self) -> list[checks.Error]:
        meta = self.model._meta
        local = meta.local_fields
        faults = {
            "E001": (not issubclass(self.model, HoldsSecrets), "Its model doesn't derive from HoldsSecrets."),
            "E002": (isinstance(meta.pk, models.AutoField), "The primary key must be made in Python."),
            "E003": (
                meta.pk in local and local.index(meta.pk) > local.index(self),
                "The primary key must be declared before it.",
            ),
            "E004": (
                self.unique or getattr(self, "db_index", False),
                "It can't be unique or indexed: use a BlindIndexField.",
            ),
        }
        return [
            checks.Error(text, obj=self, id=f"keys.{code}") for code, (is_so, text) in faults.items() if is_so
        ]


class EncryptedJSONField(EncryptedField):
    """What JSON can say, encrypted as a whole."""

    empty_strings_allowed = False

    def pack(self, value: Any) -> bytes:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()

    def unpack(self, packed: bytes) -> Any:
        return json.loads(packed)

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return models.Field.formfield(self, *args, **{"form_class": forms.JSONField, **kwargs})


class EncryptedBytesField(EncryptedField):
    """Bytes, such as another system's key. It has no place in a form."""

    empty_strings_allowed = False

    def pack(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"{self.name} holds bytes, not {type(value).__name__}.")
        return bytes(value)

    def unpack(self, packed: bytes) -> Any:
        return packed

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return None
