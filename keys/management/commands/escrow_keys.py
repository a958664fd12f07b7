"""escrow_keys: a copy of the key store, encrypted, that ends by itself."""

from collections.abc import Callable
from typing import Any

from keys.commands import KeysCommand
from keys.escrow import ends_at, expire_escrows, make_escrow


class Command(KeysCommand):
    help = "Copy the key store into AMANA_ESCROW_DIR, and remove the copies that have reached their end."

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        path = make_escrow()
        say(f"{path} was written; it ends on {ends_at(path):%Y-%m-%d %H:%M} UTC.")
        for ended in expire_escrows():
            say(f"{ended.name} has ended.")
