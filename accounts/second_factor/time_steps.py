"""Codes of RFC 6238 as authenticator apps make them: SHA-1, six digits, a new one every 30 seconds."""

import base64
import secrets
import time
import unicodedata

from django_otp.oath import hotp

SECONDS = 30
DIGITS = 6
KEY_BYTES = 20  # RFC 4226, section 4: as long as the output of the hash


def new_key() -> str:
    """160 random bits, in base32 as apps take them."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_now() -> int:
    """How many steps of 30 seconds have passed since 1970, by our clock."""
    return int(time.time()) // SECONDS


def code_at(key: str, step: int) -> str:
    """What an app that holds `key` (base32) shows during `step`."""
    return f"{hotp(base64.b32decode(key), step, DIGITS):0{DIGITS}}"


def digits_of(typed: str) -> str:
    """A code as it was typed or pasted: without the spaces that apps show in it, and with a phone's own digits read."""
    return "".join(str(unicodedata.decimal(each, each)) for each in typed if not each.isspace())
