"""Encrypting to somebody else's age key while it is written: what is in plain never lies on a disk."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

import pyrage
from django.utils.translation import gettext as _

from backups.exceptions import ExportRefused
from backups.pipeline import HEADER, Hashed

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


def is_secret(typed: str) -> bool:
    """It is the half of a key that nobody may see: it is neither kept nor shown again."""
    return "AGE-SECRET-KEY-" in typed.upper()


def checked_recipient(typed: str) -> str:
    """The public key, as age writes it. Raises ExportRefused, in words for whoever typed it."""
    recipient = typed.strip().lower()
    if is_secret(typed):
        raise ExportRefused(
            _(
                "That is the secret half of a key. It wasn't kept, but it has been sent: make a new key, and paste the"
                " line that begins with age1."
            )
        )
    if recipient.startswith("ssh-"):
        raise ExportRefused(_("That is an SSH key. Make a key with age-keygen and paste the line with age1."))
    if not recipient.startswith("age1"):
        raise ExportRefused(_("A public key of age begins with age1."))
    if not RECIPIENT.fullmatch(recipient):
        raise ExportRefused(
            _("A public key of age has 62 letters and digits, all in one piece: copy it again.")
        )
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise ExportRefused(_("A letter of this key is wrong or missing: copy it again.")) from None
    return recipient


@contextmanager
def sealed_to(recipient: str, out: IO[bytes]) -> Iterator[IO[bytes]]:
    """What is written inside stands encrypted in `out` once the block has ended well. Raises what `out` raises."""
    readable, writable = os.pipe()
    with ThreadPoolExecutor(1, thread_name_prefix="encrypt") as beside:
        done = beside.submit(_encrypt, readable, out, recipient)
        try:
            with os.fdopen(writable, "wb") as stream:
                yield stream
        except BrokenPipeError:
            _raise_cause(done)
            raise
        done.result()


def _raise_cause(done: "Future[None]") -> None:
    """Whoever reads has stopped, and knows why."""
    done.result()


def _encrypt(readable: int, out: IO[bytes], recipient: str) -> None:
    hashed = Hashed(out)
    with os.fdopen(readable, "rb") as stream:
        try:
            pyrage.encrypt_io(stream, hashed, [pyrage.x25519.Recipient.from_str(recipient)])
        except pyrage.EncryptError as error:
            raise hashed.trouble or error from error
    if not HEADER.match(hashed.head):
        raise ExportRefused("What was encrypted doesn't begin as an age file for one key does.")
