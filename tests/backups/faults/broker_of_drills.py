"""A program: the broker is stopped and started again around a drill, a lending and a restore. Prints how each ended.

Runs beside servers of its own (`python -m embedded exec`), so that no other test loses its broker.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.test import override_settings  # noqa: E402

from audit.context import acting  # noqa: E402
from backups.drilling.asking import ask_for  # noqa: E402
from backups.drilling.planning import sign_identities  # noqa: E402
from backups.drilling.sending import go_on  # noqa: E402
from backups.models import Drill, Restore  # noqa: E402
from backups.recovery_keys import lending  # noqa: E402
from backups.restoring import asking  # noqa: E402
from backups.restoring.background import carry_in_background  # noqa: E402
from backups.restoring.tasks import look_after_restores  # noqa: E402
from jobs.sweeping import sweep  # noqa: E402
from tenants.binding import CATALOG, bound_to  # noqa: E402
from tenants.models import Operation  # noqa: E402
from tests.backups.conftest import claimed  # noqa: E402
from tests.backups.faults.holding import HeldRestore  # noqa: E402
from tests.backups.restoring.conftest import Kept  # noqa: E402
from tests.jobs.broker_outage import Broker  # noqa: E402
from tests.jobs.workers import worker  # noqa: E402
from tests.lifecycle.looking import databases, wait_until  # noqa: E402
from tests.support import fleet  # noqa: E402


def watch(folder: Path) -> dict[str, object]:
    from backups.taking import take  # noqa: PLC0415 - apps are loaded by now

    fleet.prepare()
    tenant, broker = fleet.provision(), Broker()
    backup = claimed(tenant)
    take(backup)
    kept = Kept(tenant, backup, folder)
    told = {"AMANA_BACKUP_STORE": settings.AMANA_BACKUP_STORE}
    first, second = (
        HeldRestore(folder / "drill", "--dbname=scratch", 20_000),
        HeldRestore(folder / "restore", "--role=tenant_owner", 20_000),
    )
    module = os.environ["DJANGO_SETTINGS_MODULE"]
    with worker(
        queues="drill,lending",
        settings_module=module,
        environment={**told, "AMANA_PG_BIN": str(first.folder)},
    ):
        ends: dict[str, object] = {"a drill in hand when it went": _drill(kept, broker, first)}
        ends["a key asked for while it was away"] = _lent(kept, broker)
        told["AMANA_PG_BIN"] = str(second.folder)
        with worker(queues="restore", settings_module=module, environment=told):
            ends["a restore asked for while it was away, and in hand when it went"] = _restore(
                kept, broker, second
            )
    broker.end()
    return ends


def _drill(kept: Kept, broker: Broker, held: HeldRestore) -> list[object]:
    """Its message isn't acknowledged, and comes again."""
    with bound_to(CATALOG):
        drill = ask_for(kept.backup, "test")
    sign_identities()
    go_on()
    held.wait()
    broker.stop()
    held.let_go()
    wait_until(lambda: _now(drill).is_over, 60)
    broker.start()
    for _ in range(3):
        go_on()
    with bound_to(CATALOG):
        after = ask_for(kept.backup, "test")
    sign_identities()
    wait_until(lambda: _slowly(go_on) or _now(after).is_over, 60)
    return [_now(drill).outcome, _now(drill).token, _now(after).outcome]


def _now(drill: Drill) -> Drill:
    with bound_to(CATALOG):
        return Drill.objects.get(pk=drill.pk)


def _lent(kept: Kept, broker: Broker) -> bool:
    """Asked for as the restore worker does it; the word to the drill worker is lost."""
    restore = kept.agreed()
    broker.end()
    with lending.ask(restore) as borrowing:
        broker.start()
        lent = borrowing.wait(60)
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).delete()
    return lent.startswith("AGE-SECRET-KEY-")


def _restore(kept: Kept, broker: Broker, held: HeldRestore) -> list[object]:
    before = len(databases())
    operation = kept.begun()
    broker.end()
    with bound_to(CATALOG):
        carry_in_background(operation, kept.restore(operation).pk, None)
    broker.start()
    wait_until(lambda: _slowly(sweep) or (held.folder / "reached").exists(), 60)
    broker.end()
    held.let_go()
    wait_until(lambda: kept.restore(operation).state == "ready", 60)
    broker.start()
    for _ in range(3):
        _look()
    restore = kept.restore(operation)
    with bound_to(CATALOG):
        asking.give_up(restore, "operator:oscar")
    wait_until(lambda: _slowly(_look) or len(databases()) == before, 60)
    with bound_to(CATALOG):
        tries = Operation.objects.filter(kind="restore").count()
    return [restore.state, restore.comparison["differences"], tries]


def _slowly(ask: Callable[[], object]) -> bool:
    """Not so often that what is asked for stands in line behind it. Never true: another look follows."""
    ask()
    time.sleep(0.5)
    return False


def _look() -> None:
    """As beat asks, which doesn't mind that the broker is away."""
    with bound_to(CATALOG):
        look_after_restores.delay()


if __name__ == "__main__":
    with (
        acting("test"),
        override_settings(AMANA_BACKUP_STORE=f"file://{sys.argv[1]}/backups"),
    ):
        ends = watch(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(ends) + "\n")
