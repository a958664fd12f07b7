"""Finding an encrypted value without decrypting any: a keyed hash beside it."""

import hmac
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core import checks
from django.core.exceptions import EmptyResultSet
from django.db import models

from keys.ciphers import joined
from keys.data_keys import DataKey, current_data_key, data_keys
from keys.exceptions import LookupRefused
from keys.fields import NOTHING, EncryptedField, Fresh, WrittenBySaving


class Digest(bytes):
    """What stands in a blind index."""


def normalised(value: str) -> str:
    """Upper or lower case, full or half width, spaces around it: the same."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


class BlindIndexField(WrittenBySaving):
    """HMAC-SHA-256 (RFC 2104) of the text of the encrypted field `of`, keyed per tenant, table and column.

    It keeps itself. `exact`, `in` and `isnull` take the plaintext. Whoever reads the database learns which rows are
    alike, and nothing else; hence it is never logged (`never_logged`) and is emptied when its row is shredded.
    Within a rotation of data keys, two alike rows may differ: a unique constraint on it doesn't hold for so long.
    """

    is_blind_index = True
    never_logged = True

    def __init__(self, *, of: str, **kwargs: Any) -> None:
        self.of = of
        super().__init__(**{**kwargs, "null": True, "blank": True, "editable": False, "db_index": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        made_here = ("null", "blank", "editable", "db_index")
        return name, path, args, {**{k: v for k, v in kwargs.items() if k not in made_here}, "of": self.of}

    @property
    def source(self) -> EncryptedField:
        field = self.model._meta.get_field(self.of)
        if not isinstance(field, EncryptedField):
            raise TypeError(f"{self.of} isn't an encrypted field.")
        return field

    @property
    def is_row_keyed(self) -> bool:
        return self.source.is_row_keyed

    def digest(self, value: str, key: DataKey) -> Digest:
        """One key's hash of a plaintext."""
        message = joined((self.model._meta.db_table, self.column, normalised(value)))
        return Digest(hmac.digest(key.index_secret, message, "sha256"))

    def digests(self, values: Iterable[Any]) -> list[bytes]:
        """Of each plaintext, what any of the bound tenant's keys would have made of it."""
        given = list(values)
        ready = [bytes(value) for value in given if isinstance(value, Digest)]
        texts = [str(value) for value in given if not isinstance(value, Digest)]
        return ready + [bytes(self.digest(text, key)) for text in texts for key in data_keys()]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Digest | None:
        return None if value is None else Digest(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Fresh:
        kept = model_instance.__dict__.get(self.attname)
        is_known = kept is None or isinstance(kept, Digest)
        if not add and is_known and self.source.is_unopened(model_instance):
            return Fresh(kept or b"")
        value = getattr(model_instance, self.of)
        digest = None if value is None else self.digest(value, current_data_key())
        setattr(model_instance, self.attname, digest)
        return NOTHING if digest is None else Fresh(digest)

    def get_lookup(self, lookup_name: str) -> Any:
        found = {"exact": BlindExact, "in": BlindIn, "isnull": super().get_lookup("isnull")}.get(lookup_name)
        if found is None:
            raise LookupRefused(
                f"A blind index knows equal from different and nothing else: “{lookup_name}” asks for more."
            )
        return found

    def check(self, **kwargs: Any) -> list[Any]:
        field = next((each for each in self.model._meta.fields if each.name == self.of), None)
        fits = type(field) is EncryptedField
        fault = checks.Error("`of` must name an EncryptedField of the same model.", obj=self, id="keys.E005")
        return [*super().check(**kwargs), *([] if fits else [fault])]


class BlindIn(models.Lookup):  # type: ignore[type-arg]
    """Hashes when the query runs, for whoever is bound then."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        if hasattr(self.rhs, "resolve_expression") or isinstance(self.rhs, str | bytes):
            raise LookupRefused("A blind index is compared with plaintexts, not with a column or a query.")
        return [value for value in self.rhs if value is not None]

    @property
    def values(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        field: Any = self.lhs.output_field
        sql, parameters = self.process_lhs(compiler, connection)
        digests = field.digests(self.values)
        if not digests:
            raise EmptyResultSet
        return f"{sql} IN ({', '.join(['%s'] * len(digests))})", [*parameters, *digests]


class BlindExact(BlindIn):
    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        if hasattr(self.rhs, "resolve_expression"):
            raise LookupRefused("A blind index is compared with a plaintext, not with a column or a query.")
        return self.rhs

    @property
    def values(self) -> list[Any]:
        return [self.rhs]
