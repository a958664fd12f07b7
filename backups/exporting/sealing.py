"""Encrypting to somebody else's age key while it is written: what is in plain never lies on a disk."""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

import pyrage
from django.utils.translation import gettext as _

from backups.exceptions import ExportRefused
from backups.pipeline import Hashed
from backups.storage import Writable

MOST = 1000  # bytes that the keys' part of a header has: three keys at most
# age v1: one stanza a key, then perhaps one of chance ("grease"), then the end of the header.
HEADER = r"age-encryption\.org/v1\n(?:-> X25519 [A-Za-z0-9+/]{43}\n[A-Za-z0-9+/]{43}\n){%d}(?:-> \S*-grease[ \n]|--- )"
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
def sealed_to(recipients: Sequence[str], out: Writable) -> Iterator[IO[bytes]]:
    """What is written inside stands encrypted in `out`, to these keys and to no other, once the block has ended well.

    Raises what `out` raises.
    """
    readable, writable = os.pipe()
    with ThreadPoolExecutor(1, thread_name_prefix="encrypt") as beside:
        done = beside.submit(_encrypt, readable, out, recipients)
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


class Headed(Hashed):
    """Its beginning is kept."""

    def __init__(self, target: Writable) -> None:
        super().__init__(target)
        self.beginning = b""

    def write(self, data: bytes, /) -> int:
        self.beginning += bytes(data[: MOST - len(self.beginning)])
        return super().write(data)

    def is_for(self, keys: int) -> bool:
        """It begins as an age file for so many keys does: not for one more, and for no passphrase."""
        return re.match((HEADER % keys).encode(), self.beginning) is not None


def _encrypt(readable: int, out: Writable, recipients: Sequence[str]) -> None:
    headed = Headed(out)
    with os.fdopen(readable, "rb") as stream:
        try:
            pyrage.encrypt_io(stream, headed, [pyrage.x25519.Recipient.from_str(each) for each in recipients])
        except pyrage.EncryptError as error:
            raise headed.trouble or error from error
    if not headed.is_for(len(recipients)):
        raise ExportRefused("What was encrypted doesn't begin as an age file for these keys does.")
