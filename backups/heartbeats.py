"""A worker's sign of life while a copy goes by, and its ear: it is told here that it must stop."""

import time
from collections.abc import Callable

from django.conf import settings

from backups.models import Backup
from tenants.binding import CATALOG, bound_to

OFTEN = 2.0


class Heartbeat:
    """Called with the bytes of one object so far, block by block; now and then it renews the lease and says how far.

    Raises LeaseLost where another worker has taken over, and whatever `check` raises to stop it all.
    """

    def __init__(self, backup: Backup, check: Callable[[], None]) -> None:
        self._backup, self._check = backup, check
        self._every = min(OFTEN, settings.AMANA_BACKUP_LEASE_SECONDS / 4)
        self._renewed = time.monotonic()
        self._before = self._now = 0

    def __call__(self, so_far: int) -> None:
        self._check()
        if so_far < self._now:  # the next object begins
            self._before += self._now
        self._now = so_far
        self.tick()

    def tick(self) -> None:
        """Without news."""
        self._check()
        if time.monotonic() - self._renewed > self._every:
            self._renewed = time.monotonic()
            with bound_to(CATALOG):
                self._backup.renew(plain_bytes=self._before + self._now)
