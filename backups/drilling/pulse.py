"""The lease of a drill, kept while its steps work; where it is lost, or it or its worker is to end, they break off."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from django.conf import settings
from django.db import DatabaseError

from backups.exceptions import BackupError, DrillStopped, LeaseLost
from backups.models import Drill
from backups.scheduling import stopping
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds
ASKED_TO = (DrillStopped, stopping.Stopped)


class Pulse:
    """`trouble`: why to end, once there is a reason: LeaseLost, DrillStopped or Stopped."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.trouble: BackupError | None = None
        self._stopped = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._renewed = time.monotonic()
        self._break_off: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._beat, name="drill pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raises what is the trouble."""
        if self.trouble:
            raise self.trouble

    def rest(self) -> None:
        """A stop that was asked for has had its effect: what is left must be done."""
        with self._lock:
            self._stopped = True
            if isinstance(self.trouble, ASKED_TO):
                self.trouble = None

    @contextmanager
    def breaking_off(self, way: Callable[[], object]) -> Iterator[None]:
        """`way` ends what goes on in the block, from another thread: kills a program, cancels a statement."""
        self._break_off = way
        try:
            self.check()
            yield
        finally:
            self._break_off = None

    def _beat(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            try:
                self._look()
            except BackupError as trouble:
                self._note(trouble)
            except DatabaseError:
                logger.warning("The catalog doesn't answer; the drill goes on as long as its lease.")
            if self.trouble and (way := self._break_off):
                way()

    def _note(self, trouble: BackupError) -> None:
        """A stop that was seen while the rest began has had its effect, too."""
        with self._lock:
            late = self._stopped and isinstance(trouble, ASKED_TO)
            if not late and not isinstance(self.trouble, LeaseLost):
                self.trouble = trouble

    def _look(self) -> None:
        """What must be done keeps its lease while the worker is told to end."""
        if not self._stopped:
            stopping.check()
        with bound_to(CATALOG):
            if time.monotonic() - self._renewed > settings.AMANA_BACKUP_LEASE_SECONDS / 4:
                self._renewed = time.monotonic()
                self.drill.renew()
            if Drill.objects.filter(pk=self.drill.pk).exclude(stop_requested_at=None).exists():
                raise DrillStopped("Somebody asked to stop it.")
