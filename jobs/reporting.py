"""The reporter: a thread beside the body that writes down how far it is and keeps the lease alive."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from django.conf import settings

from jobs.exceptions import Cancelled, LeaseLost, NotServed
from jobs.holding import Hold, lease
from jobs.models import JobLine
from jobs.progress import Progress
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)
HEARD_WITHIN = 2.0  # seconds


@contextmanager
def reported(hold: Hold) -> Iterator[Progress]:
    """A body's progress, reported for as long as the block lasts. Must be entered unbound.

    On a connection of its own, since the body may be in a transaction that nobody else can look into.
    """
    progress = Progress(hold)
    reporter = Reporter(hold, progress)
    thread = threading.Thread(
        target=copy_context().run, args=(reporter.run,), name=f"job {hold.job_id}", daemon=True
    )
    thread.start()
    try:
        yield progress
    finally:
        reporter.over.set()
        thread.join()


class Reporter:
    def __init__(self, hold: Hold, progress: Progress) -> None:
        self.over = threading.Event()
        self._hold, self._progress = hold, progress
        self._lease = lease().total_seconds()
        self._renewed = self._asked = time.monotonic()

    def run(self) -> None:
        while not self.over.wait(settings.AMANA_JOB_REPORT_SECONDS):
            values, lines = self._progress.news()
            if not values and not lines and not self._is_due():
                continue
            try:
                self._report(values, lines)
            except LeaseLost as lost:
                self._progress.stop(lost)
                return
            except Exception as error:  # noqa: BLE001 - PostgreSQL is away, or busy: try again until the lease is over
                logger.warning("Job %s couldn't be reported: %s", self._hold.job_id, type(error).__name__)
                self._progress.unwritten(values, lines)
                self._give_up_when_late()

    def _is_due(self) -> bool:
        """Often enough for the lease, and for whoever pressed Cancel."""
        return time.monotonic() - self._renewed > min(self._lease / 3, HEARD_WITHIN)

    def _report(self, values: dict[str, Any], lines: list[JobLine]) -> None:
        began = time.monotonic()
        cancelled = self._hold.report(lines, **values)
        self._renewed = began
        if cancelled:
            self._progress.stop(Cancelled())
        elif not self._is_served():
            self._progress.stop(NotServed())

    def _is_served(self) -> bool:
        """Asked of the catalog three times a lease at most; the catalog's own jobs are always served."""
        tenant_id = self._hold.target.place.tenant_id
        if tenant_id is None or time.monotonic() - self._asked < self._lease / 3:
            return True
        self._asked = time.monotonic()
        with bound_to(CATALOG):
            return Tenant.objects.filter(pk=tenant_id, state="active").exists()

    def _give_up_when_late(self) -> None:
        if time.monotonic() - self._renewed > self._lease:
            self._progress.stop(LeaseLost())
