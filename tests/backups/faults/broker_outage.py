"""A program: the broker is stopped and started again around copies. Prints state and token of each.

Runs beside servers of its own (`python -m embedded exec`), so that no other test loses its broker.
"""

import json
import os
import sys
from pathlib import Path

import django

django.setup()

from audit.context import acting  # noqa: E402 - Django must be set up first
from backups.models import Backup  # noqa: E402
from backups.scheduling.asking import ask_for_copy  # noqa: E402
from backups.scheduling.tasks import wake_worker  # noqa: E402
from tenants.binding import CATALOG, bound_to  # noqa: E402
from tests.backups.faults.dumping import HeldDump  # noqa: E402
from tests.jobs.broker_outage import Broker  # noqa: E402
from tests.jobs.workers import worker  # noqa: E402
from tests.lifecycle.looking import wait_until  # noqa: E402
from tests.support import fleet  # noqa: E402


def watch(folder: Path) -> dict[str, list[object]]:
    fleet.prepare()
    held, broker = HeldDump(folder / "bin"), Broker()
    store, programs = f"file://{folder}/backups", str(held.folder)
    told = {"AMANA_BACKUP_STORE": store, "AMANA_PG_BIN": programs}
    with worker(queues="backup", settings_module=os.environ["DJANGO_SETTINGS_MODULE"], environment=told):
        first = _ask()
        held.wait()
        broker.stop()
        second = _ask()
        held.let_go()
        wait_until(lambda: _ended(first), 30)
        broker.start()
        wait_until(lambda: _looked() and _ended(second), 60)
        _looked()
        ends = {"in hand when it went": _told(first), "asked for while it was away": _told(second)}
    broker.end()
    return ends


def _ask() -> Backup:
    return ask_for_copy(None, "test")


def _looked() -> bool:
    """As beat asks."""
    with bound_to(CATALOG):
        return wake_worker()


def _ended(copy: Backup) -> bool:
    with bound_to(CATALOG):
        return Backup.objects.get(pk=copy.pk).is_over


def _told(copy: Backup) -> list[object]:
    with bound_to(CATALOG):
        now = Backup.objects.get(pk=copy.pk)
    return [now.state, now.token]


if __name__ == "__main__":
    with acting("test"):
        ends = watch(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(ends) + "\n")
