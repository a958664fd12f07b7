"""escrow_recovery_keys: a copy of the wrapped identities that ends by itself."""

from collections.abc import Callable
from typing import Any

from backups.commands import BackupsCommand
from backups.recovery_keys.escrow import ends_at, expire_escrows, make_escrow


class Command(BackupsCommand):
    help = "Copy the wrapped recovery keys into AMANA_ESCROW_DIR, and remove the copies that have reached their end."

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        path = make_escrow()
        say(f"{path} was written; it ends on {ends_at(path):%Y-%m-%d %H:%M} UTC.")
        for ended in expire_escrows():
            say(f"{ended.name} has ended.")
