"""rotate_master_key: every key wrapped anew under the first master key of AMANA_MASTER_KEY."""

from collections.abc import Callable
from typing import Any

from keys.commands import KeysCommand
from keys.masters import master_keys
from keys.rotating import rotate_master_key


class Command(KeysCommand):
    help = "Wrap every key anew under the first master key. Every process must hold that one already."

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        count = rotate_master_key()
        say(f"{count} keys were wrapped anew; all are under the master key “{master_keys()[0].name}” now.")
