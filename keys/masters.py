"""Master keys, from the environment: the first wraps what is made now, each unwraps what it once wrapped."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from django.conf import settings

from keys.ciphers import KEY_BYTES, decrypt, encrypt
from keys.exceptions import BadMasterKey, KeyStoreNotHeld, MasterKeyMissing, WrongMasterKey

FORM = "give NAME:KEY, or several with commas between, each KEY being 32 random bytes in base64"


@dataclass(frozen=True)
class MasterKey:
    """A name that is stored beside what it wrapped, and 32 bytes that are stored nowhere."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Wrapped:
    """A key as the key store keeps it."""

    master: str
    sealed: bytes


def parse_master_keys(text: str) -> tuple[MasterKey, ...]:
    """What AMANA_MASTER_KEY says. Raises BadMasterKey, naming what is wrong but never the key."""
    keys = tuple(_parse(each.strip()) for each in text.split(","))
    if len({key.name for key in keys}) != len(keys):
        raise BadMasterKey("AMANA_MASTER_KEY names one key twice.")
    return keys


def _parse(text: str) -> MasterKey:
    name, colon, encoded = text.partition(":")
    if not colon or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", name):
        raise BadMasterKey(f"AMANA_MASTER_KEY can't be read: {FORM}.")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise BadMasterKey(f"AMANA_MASTER_KEY: “{name}” isn't base64: {FORM}.") from None
    if len(secret) != KEY_BYTES or len(set(secret)) < KEY_BYTES // 4:
        raise BadMasterKey(f"AMANA_MASTER_KEY: “{name}” isn't 32 random bytes: {FORM}.")
    return MasterKey(name, secret)


def master_keys() -> tuple[MasterKey, ...]:
    """Those this process holds. Raises KeyStoreNotHeld where there is none, BadMasterKey."""
    if not settings.AMANA_MASTER_KEY:
        raise KeyStoreNotHeld("This process doesn't hold AMANA_MASTER_KEY: it can't encrypt or decrypt.")
    return _parsed(settings.AMANA_MASTER_KEY)


_parsed = lru_cache(maxsize=1)(parse_master_keys)


def wrap(secret: bytes, *context: str) -> Wrapped:
    """Encrypt a key under the first master key, for nothing but what `context` names."""
    master = master_keys()[0]
    return Wrapped(master.name, encrypt(master.secret, secret, "amana wrapped key 1", master.name, *context))


def unwrap(wrapped: Wrapped, *context: str) -> bytes:
    """Raises MasterKeyMissing, and WrongMasterKey (also where the key was moved to another's place)."""
    master = master_named(wrapped.master)
    try:
        return decrypt(master.secret, wrapped.sealed, "amana wrapped key 1", master.name, *context)
    except InvalidTag:
        raise WrongMasterKey(
            f"The master key “{master.name}” of this process isn't the one that wrapped the {context[0]},"
            " or the key store was altered."
        ) from None


def master_named(name: str) -> MasterKey:
    held = {key.name: key for key in master_keys()}
    if name not in held:
        names = ", ".join(f"“{each}”" for each in held)
        raise MasterKeyMissing(f"Wrapped by the master key “{name}”; this process holds {names} only.")
    return held[name]
