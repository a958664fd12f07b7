"""How a row in memory holds what is encrypted: sealed until it is asked for, and sealed again when it is saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from keys.envelopes import Cell, Envelope, unseal
from tenants.belonging import OfOneTenant

if TYPE_CHECKING:
    from keys.fields import EncryptedField

UNOPENED = object()
_passing: ContextVar[bool] = ContextVar("amana_passing_sealed", default=False)


class Held:
    """An encrypted value in memory: the ciphertext and the cell it was made for, the plaintext, or both."""

    def __init__(
        self, field: "EncryptedField", envelope: Envelope | None = None, cell: Cell | None = None
    ) -> None:
        self.field, self.envelope, self.cell = field, envelope, cell
        self.plain: Any = UNOPENED
        self.packed = b""

    @classmethod
    def typed(cls, field: "EncryptedField", value: Any, before: "Held | None") -> "Held":
        """A value just assigned; what was sealed `before` is kept, for the case that nothing has changed."""
        held = cls(field, before.envelope, before.cell) if before and before.is_opened else cls(field)
        held.packed = before.packed if before else b""
        held.plain = value
        return held

    def __repr__(self) -> str:
        return f"<{self.field.name}, encrypted>"

    def __getstate__(self) -> dict[str, Any]:
        """Into a cache or a message goes the ciphertext; a plaintext only while it is nowhere else."""
        state = self.__dict__.copy()
        if self.envelope is not None and not self.is_changed:
            state |= {"plain": None, "packed": b"", "closed": True}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        closed = state.pop("closed", False)
        self.__dict__.update(state)
        if closed:
            self.plain = UNOPENED

    @property
    def is_opened(self) -> bool:
        return self.plain is not UNOPENED

    @property
    def is_changed(self) -> bool:
        """Also a list or a dictionary that was changed in place."""
        if not self.is_opened:
            return False
        return self.envelope is None or self.plain is None or self.field.pack(self.plain) != self.packed

    def open(self) -> Any:
        if self.plain is UNOPENED and self.envelope is not None and self.cell is not None:
            self.packed = unseal(self.cell, self.envelope)
            self.plain = self.field.unpack(self.packed)
        return self.plain


class SealedAttribute(DeferredAttribute):
    """Decrypts where the row is known, which `from_db_value` doesn't know."""

    field: "EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        held: Held = super().__get__(instance, cls)
        return held if _passing.get() else held.open()

    def __set__(self, instance: Any, value: Any) -> None:
        data = instance.__dict__
        if isinstance(value, Envelope):
            value = Held(self.field, value, self.field.cell_of(instance))
        elif not isinstance(value, Held):
            value = Held.typed(self.field, value, data.get(self.field.attname))
        data[self.field.attname] = value


@contextmanager
def passing_sealed() -> Iterator[None]:
    """Within it attributes are handed from one instance to another as they are, unopened."""
    token = _passing.set(True)
    try:
        yield
    finally:
        _passing.reset(token)


class HoldsSecrets(OfOneTenant):
    """Base of every model with encrypted columns."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """What can't be decrypted is refused when it is read, not here."""
        with passing_sealed():
            super().refresh_from_db(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A blind index is saved whenever its column is."""
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], *self._indexes_of(kwargs["update_fields"])}
        elif not self._state.adding:
            loaded = self._meta.concrete_fields
            for index in self._indexes_of(field.name for field in loaded if field.attname in self.__dict__):
                self.__dict__.setdefault(index, UNOPENED)
        super().save(*args, **kwargs)

    @classmethod
    def _indexes_of(cls, names: Any) -> list[str]:
        indexes: list[models.Field[Any, Any]] = [
            field for field in cls._meta.concrete_fields if getattr(field, "is_blind_index", False)
        ]
        saved = {*names}
        return [field.name for field in indexes if getattr(field, "of", None) in saved]
