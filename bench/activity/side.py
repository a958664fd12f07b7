"""One side in a process of its own: for each line that names a work, says how long it took and what it logged."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

import django

django.setup()

# ruff: noqa: E402, PLC0415 - models can be imported once Django is set up; each side has one library installed
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench.activity.works import LOOPS, ROWS, WORKS, Work, new_orders


class Side(Protocol):
    def acting(self) -> AbstractContextManager[object]:
        """Names who acts, where the side can be told."""
        ...

    def events(self) -> int:
        """How many events of the model its log holds."""
        ...


class Stock:
    """`log` is the model that holds the events; a bare side has none."""

    def __init__(self, log: str = "") -> None:
        self.log = log
        call_command("migrate", "auth", verbosity=0, interactive=False)
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)

    def acting(self) -> AbstractContextManager[object]:
        if settings.ACTIVITY_SIDE.startswith("django-pghistory"):
            import pghistory

            return pghistory.context(actor="user:7", request="bench")
        return nullcontext()

    def events(self) -> int:
        return apps.get_model(self.log)._default_manager.count() if self.log else 0


class Ours:
    def __init__(self) -> None:
        from audit.context import acting
        from tenants.binding import bound_to

        with acting("system:bench"):
            self.tenant = self._new_tenant()
        self.bound_to = bound_to(self.tenant)
        self.bound_to.__enter__()

    def _new_tenant(self) -> object:
        from keys.preparing import prepare_keys
        from tenants.binding import CATALOG, bound_to
        from tenants.carrying_out import carry_out
        from tenants.provisioning import request_tenant
        from tenants.setting_up import prepare_catalog
        from tenants.templating import ensure_template

        prepare_catalog()
        prepare_keys()
        ensure_template()
        with bound_to(CATALOG):
            operation = request_tenant("bench", "Bench", "en", ("owner@example.com", "Olivia"), "bench")
        return carry_out(operation.pk).tenant

    @contextmanager
    def acting(self) -> Iterator[None]:
        from audit.context import acting

        with acting("user:7", request="bench", ip="192.0.2.7"):
            yield

    def events(self) -> int:
        from tenants.provisioner import provisioner

        with provisioner(connection.settings_dict["NAME"]) as owner:
            owner.execute("SET ROLE audit_owner")
            query = "SELECT count(*) FROM audit.event WHERE subject = 'measured_order'"
            return int(owner.execute(query).fetchone()[0])


LOGS = {
    "django-auditlog": "auditlog.LogEntry",
    "django-simple-history": "measured.HistoricalOrder",
    "django-pghistory": "measured.OrderEvent",
    "django-pghistory, by statement": "measured.OrderEvent",
}


def measure(side: Side, work: Work, orders: list[object]) -> tuple[float, int]:
    before = side.events()
    gc.collect()
    with side.acting():
        began = time.perf_counter()
        work(orders)
        seconds = time.perf_counter() - began
    return seconds, side.events() - before


def main() -> None:
    name = settings.ACTIVITY_SIDE
    side: Side = Ours() if name == "ours" else Stock(LOGS.get(name, ""))
    works = LOOPS if "--loops" in sys.argv else WORKS
    with side.acting():
        new_orders(1)
    print("ready", flush=True)
    orders: list[object] = []
    for line in sys.stdin:
        work = line.rstrip()
        if work == "bulk_create":
            orders = new_orders(ROWS)
        print(*measure(side, works[work], orders), flush=True)


main()
