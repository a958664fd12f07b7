"""What goes wrong with keys, as a tree: catch the root, read the leaf. A message never holds a key or a plaintext."""

from django.core.exceptions import FieldError
from django.db import OperationalError


class KeysError(Exception):
    """A key, the key store, or something encrypted isn't as it must be."""


class KeyStoreAway(KeysError, OperationalError):
    """The key store doesn't answer. An OperationalError, so that a request is answered 503."""


class KeyStoreNotHeld(KeysError):
    """This process was not given the key store's address or the master key: its work needs no secrets."""


class KeyStoreUnprepared(KeysError):
    """The key store's tables aren't this code's: run `prepare`."""


class BadMasterKey(KeysError):
    """AMANA_MASTER_KEY can't be read."""


class MasterKeyMissing(KeysError):
    """A key was wrapped by a master key that this process doesn't hold."""


class WrongMasterKey(KeysError):
    """The master key of that name isn't the one that wrapped the key."""


class KeyMissing(KeysError):
    """The key store has no such key for the bound tenant."""


class KeyShredded(KeyMissing):
    """The key was destroyed on purpose: what it encrypted can't be read any more, by anybody."""


class CiphertextRefused(KeysError):
    """What stands in the column can't be decrypted where it stands."""


class UnknownFormat(CiphertextRefused):
    """It isn't one of our envelopes, or one of a newer release."""


class Misplaced(CiphertextRefused):
    """It was altered, or made for another tenant, table, column or row."""


class CannotWrite(KeysError):
    """An encrypted column can only be written by saving its row."""


class LookupRefused(KeysError, FieldError):
    """An encrypted column was filtered on: only its blind index can be."""


class ShreddingRefused(KeysError):
    """Destroying that key would destroy what is in use."""


class EscrowRefused(KeysError):
    """The escrow can't be opened, or may not be restored here."""
